"""What a group's side says without having been asked: to everybody, to one member, to the seller."""

from assistant.notices.repository import notice_to_seller, tell_group, tell_member, tell_seller

__all__ = ["notice_to_seller", "tell_group", "tell_member", "tell_seller"]
