"""Uploaded files go to the disk, never to memory, and a form that brings too much is cut off on the way."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST = 96 << 20  # bytes of one request; pages ask for less and say so


class BoundedUpload(TemporaryFileUploadHandler):
    """Django's handler of uploads on disk, with a limit on the whole request."""

    received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        """Refuse a request that announces too much."""
        self._refuse(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a block, or refuse it where the request has brought too much."""
        self.received += len(raw_data)
        self._refuse(self.received)
        super().receive_data_chunk(raw_data, start)

    def _refuse(self, size: int) -> None:
        if size > MOST:
            raise RequestDataTooBig(f"more than {MOST} bytes")
