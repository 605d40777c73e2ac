print("momento-auth")
