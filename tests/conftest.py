"""What all tests share."""

from hypothesis import settings

# A shared or busy machine is slow at times; how long one example takes says nothing about what it shows.
settings.register_profile("yidan", deadline=None)
settings.load_profile("yidan")
