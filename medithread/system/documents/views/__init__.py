"""The room's own pages: reader, changes, prints and copies; files brought; periodic reviews; the adoption desk."""
