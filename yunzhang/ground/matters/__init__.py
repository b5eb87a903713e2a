"""事项: desk, list of matters over all rooms, lights."""
