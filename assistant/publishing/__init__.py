"""Publishing a draft: it is checked and tested against what members get now, and refused where it makes that worse."""
