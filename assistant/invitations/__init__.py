"""How people come into a group: invitations with a life of some days, their posters, and what newcomers give."""
