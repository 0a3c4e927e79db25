"""Files: written whole or not at all; arrays and images read and written."""
