// Command oneboard is the door: it reads flags, the clock, the environment and
// files, calls the rooms, and turns what they give into text, JSON and an exit
// code. It decides nothing about a reorganisation.
package main

func main() {}
