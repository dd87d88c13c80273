"""Views: what a list or a page shows, read once for console and API alike. Every function here is called inside
`database.tenancy.reading(partner.id)`, which is also why none of them opens a transaction of its own."""
