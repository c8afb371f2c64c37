"""The catalog as pages: a folder of HTML that needs no server, and one to look at it with."""
