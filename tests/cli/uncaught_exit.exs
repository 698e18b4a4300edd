exit(:reason)
