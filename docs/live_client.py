"""Follow a clinic's day: python docs/live_client.py http://localhost:8000 frontdesk@riverside.test clinicflow-demo"""

import json
import sys
from contextlib import suppress
from urllib.request import Request, urlopen

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def call(path, body=None, token=""):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return json.load(urlopen(Request(f"{site}/api/{path}", body and json.dumps(body).encode(), headers)))


site, email, password = sys.argv[1:4]
token = call("auth/login", {"email": email, "password": password})["access"]
clinic = call("auth/me", token=token)["membership"]["clinic_id"]
with connect(f"{site.replace('http', 'ws', 1)}/ws/clinic/{clinic}") as live, suppress(ConnectionClosed):
    live.send(json.dumps({"type": "authenticate", "token": token}))
    known = json.loads(live.recv())["sequence"]  # of the hello
    for message in map(json.loads, live):
        if message["type"] == "resync" or message["sequence"] != known + 1:  # something was missed: fetch it all
            print("refetch", call("appointments", token=token)["count"], flush=True)
        elif message["object"]["type"] == "appointment":  # only ids come: what may be seen is asked for
            visit = call(f"appointments/{message['object']['id']}", token=token)
            print(message["type"], visit["patient_name"], visit["status"], flush=True)
        known = message["sequence"]
print("closed", live.close_code)
