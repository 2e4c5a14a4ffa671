"""What each element of a diagram does with a token: the library's task specifications, taught our rules."""
