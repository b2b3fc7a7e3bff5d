"""Adverts, links and floods: strikes with evidence."""
