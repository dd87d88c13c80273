"""Our own icons: strokes on a 20 × 20 grid, drawn in the colour of the text beside them."""

# ruff: noqa: E501 - one drawing, one line.

from __future__ import annotations

ICONS: dict[str, str] = {
    "home": '<path d="M3.5 9 10 3.5 16.5 9v7.5h-4.5v-4.5h-4v4.5H3.5z"/>',
    "orders": '<path d="M5 2.5h10v15l-2.5-1.5L10 17.5 7.5 16 5 17.5z"/><path d="M8 6.5h4M8 10h4"/>',
    "customers": '<circle cx="7.5" cy="7" r="3"/><path d="M2 16.5c.4-3 2.5-4.5 5.5-4.5s5.1 1.5 5.5 4.5"/>'
    '<path d="M13 4.3a3 3 0 0 1 0 5.4M15.2 12.6c1.7.7 2.6 2 2.8 3.9"/>',
    "products": '<path d="m10 2.5 6.5 3.5v8L10 17.5 3.5 14V6z"/><path d="M3.5 6 10 9.5 16.5 6M10 9.5v8"/>',
    "subscriptions": '<path d="M16.5 10a6.5 6.5 0 0 1-11.6 4M3.5 10a6.5 6.5 0 0 1 11.6-4"/>'
    '<path d="M15.5 2.5V6H12M4.5 17.5V14H8"/>',
    "invoices": '<path d="M4.5 2.5h7l4 4v11h-11z"/><path d="M11.5 2.5v4h4M7.5 10.5h5M7.5 13.5h5"/>',
    "payments": '<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><path d="M2.5 8.5h15M5.5 12.5h3"/>',
    "events": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4l2.5 2"/>',
    "administration": '<path d="M3 6h7M14 6h3M3 14h3M10 14h7"/><circle cx="12" cy="6" r="2"/><circle cx="8" cy="14" r="2"/>',
    "mail": '<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><path d="m3 5.5 7 5.5 7-5.5"/>',
    "search": '<circle cx="8.75" cy="8.75" r="5.25"/><path d="m12.75 12.75 4 4"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "more": '<path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.4"/>',
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "chevron-down": '<path d="m5 7.5 5 5 5-5"/>',
    "chevron-left": '<path d="m12.5 5-5 5 5 5"/>',
    "chevron-right": '<path d="m7.5 5 5 5-5 5"/>',
    "arrow-up": '<path d="M10 16V4M5 9l5-5 5 5"/>',
    "arrow-right": '<path d="M4 10h12M11 5l5 5-5 5"/>',
    "external": '<path d="M8 4.5H4.5v11h11V12M11.5 4h4.5v4.5M16 4l-7 7"/>',
    "download": '<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>',
    "edit": '<path d="M4 16h3l9-9-3-3-9 9zM11 6l3 3"/>',
    "trash": '<path d="M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 9v4.5M11.5 9v4.5"/>',
    "copy": '<rect x="7" y="7" width="9.5" height="9.5" rx="1"/><path d="M13 7V3.5H3.5V13H7"/>',
    "archive": '<path d="M3 4h14v3.5H3zM4.5 7.5v9h11v-9M8 11h4"/>',
    "send": '<path d="M17 3 9 11M17 3l-5 14-3-6-6-3z"/>',
    "undo": '<path d="M7 4 3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8"/>',
    "attach": '<path d="m15.5 9.5-5.8 5.8a3.3 3.3 0 0 1-4.7-4.7l6.3-6.3a2.2 2.2 0 0 1 3.1 3.1L8.3 13.5a1 1 0 0 1-1.5-1.5L12 7"/>',
    "tag": '<path d="M3 3h6.5l7.5 7.5-6.5 6.5L3 9.5zM6.5 6.5h.01"/>',
    "lock": '<rect x="4.5" y="9" width="11" height="8" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>',
    "user": '<circle cx="10" cy="7" r="3.5"/><path d="M3.5 17c.6-3.3 3-5 6.5-5s5.9 1.7 6.5 5"/>',
    "calendar": '<rect x="3" y="4.5" width="14" height="12.5" rx="1.5"/><path d="M3 8.5h14M7 2.5v4M13 2.5v4"/>',
    "signature": '<path d="M2.5 14c3.5 0 6-9 4.2-10.2C5 2.8 4.2 13 6.7 13c1.8 0 2-3.5 3.5-3.500S11 13 12.5 13s1-2 2.2-2 .8 2 2.8 2M3 17.500h14"/>',
    "plug": '<path d="M7 2.500v4M13 2.500v4M4.5 6.500h11V9a5.5 5.5 0 0 1-11 0zM10 14.500v3"/>',
    "sign-out": '<path d="M8 3.500H3.500v13H8M12 6l4 4-4 4M16 10H7.5"/>',
    "refund": '<path d="M16.5 10a6.5 6.5 0 1 1-2-4.700L16.5 7M16.5 3v4h-4M10 6.500v7M12 8c-.5-.7-4-.9-4 .7 0 1.7 4 .9 4 2.6 0 1.6-3.5 1.4-4 .7"/>',
    "flask": '<path d="M7.5 2.500h5M8.5 2.500V8l-5 8c-.4.8 0 1.5 1 1.500h11c1 0 1.4-.7 1-1.500l-5-8V2.500M6 13h8"/>',
    "inbox": '<path d="M3 11.5 5.5 4h9l2.5 7.500v5H3zM3 11.500h4l1 2h4l1-2h4"/>',
    "state-neutral": '<circle cx="10" cy="10" r="6.5"/>',
    "state-info": '<circle cx="10" cy="10" r="6.5"/><path d="M10 6.500V10l2.5 1.5"/>',
    "state-good": '<circle cx="10" cy="10" r="6.5"/><path d="m7 10.2 2.2 2.2 4-4.6"/>',
    "state-warn": '<path d="M10 3.5 17.5 16.500h-15z"/><path d="M10 8.500v3.500M10 14.200v.01"/>',
    "state-bad": '<path d="M7 3h6l4 4v6l-4 4H7l-4-4V7z"/><path d="m7.7 7.7 4.6 4.600M12.3 7.700l-4.6 4.6"/>',
}

TONE_ICONS: dict[str, str] = {
    "neutral": "state-neutral",
    "info": "state-info",
    "good": "state-good",
    "warn": "state-warn",
    "bad": "state-bad",
}
