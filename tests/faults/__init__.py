"""What must hold when things break: killed processes, full disks, databases that go away, clocks that go back."""
