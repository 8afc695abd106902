package main

// plant gives the broken example: the same files with faults planted in them.
func plant(city files) files { return files{} }
