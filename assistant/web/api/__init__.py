"""The JSON API: members' and sellers' endpoints."""
