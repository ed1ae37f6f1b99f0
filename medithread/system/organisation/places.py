"""Where the frame shows this room's own pages."""
