"""What `make bench` measures: a file for each kind of work, a `Row` for each line of the table."""
