"""What the seller is told without having asked: lines of the feed that only the seller's side reads."""

from assistant.notices import notice_to_seller

__all__ = ["notice_to_seller"]
