"""Yunzhang (云长): runs a government's cloud-chief system and measures how it is governed."""

__version__ = "0.1.0"
