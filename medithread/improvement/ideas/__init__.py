"""Improvement ideas and their actions (ISO 13485 8.5.1). The small event room: it proves the kernel is not made for documents alone."""
