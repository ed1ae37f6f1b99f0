"""What all kinds share, tested from the registry: a new kind is covered from the day it is declared."""
