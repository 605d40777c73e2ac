import HTTPClient
import MomentoAuth
import Testing

@testable import AWSSecretStore
@testable import CommandConsole

@Suite("A text for people")
struct RedactingTests {
  @Test(
    "keeps what looks like a secret among the arguments to itself",
    arguments: [
      ["inspect", "--credentials-file", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"],
      ["serve", "--tls-key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQk4vTyLmWe"],
      ["--hvs.CAESIJ3kTz0aL9mQ2"], ["x", "d41d8cd98f00b204e9800998ecf8427e"],
    ])
  func arguments(_ arguments: [String]) {
    let hiding = MisplacedSecrets(arguments: arguments)
    let word = String(arguments.last?.trimmingPrefix("--tls-key=").trimmingPrefix("--") ?? "")
    for shown in [word, word.lowercased(), String(word.prefix(20)), String(word.suffix(16))] {
      #expect(hiding.hidden(in: "cannot read \(shown): no") == "cannot read <redacted>: no")
    }
    #expect(hiding.hidden(in: "cannot read \(word.prefix(11))") == "cannot read \(word.prefix(11))")
  }

  @Test("keeps a password in a URL to itself, and shows the rest")
  func passwords() {
    let hiding = MisplacedSecrets(arguments: ["--local", "http://user:hunter2@host:80"])
    let text = hiding.hidden(in: "\"user:hunter2@host\" is no address")
    #expect(text == "\"user:<redacted>@host\" is no address")
  }

  @Test(
    "repeats names, so that a person sees which is wrong",
    arguments: [
      "capture-2026-11-29T07.pcapng", "./Build2026Output/Recording", "/var/lib/Key7/state",
      "generate-disposable-tokn", "momento_token.info.json", "127.0.0.1:8080",
      "2027-01-31T12:00:00Z",
      "file:./Keys2026/KeyOfMine", "topic:subscribe:chat:lobby",
      "aws-secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:Key-AbC1d2",
    ])
  func names(_ name: String) {
    let text = "cannot use \(name)"
    #expect(MisplacedSecrets(arguments: ["x", name]).hidden(in: text) == text)
  }

  @Test(
    "of a service's has no word in it that a machine made up",
    arguments: [
      ("token hvs.CAESIJ3kTz0aL9mQ2 is bad", "token <redacted> is bad"),
      (
        "{'X-Amz-Security-Token': 'iwIwoJsOMWGSCAAplJAH+wlZ/Yb=='}",
        "{'X-Amz-Security-Token': '<redacted>'}"
      ),
      ("eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl", "<redacted>"),
      (
        "User: arn:aws:iam::123456789012:user/Bob may not secretsmanager:GetSecretValue on key-AbC1d2",
        "User: arn:aws:iam::123456789012:user/Bob may not secretsmanager:GetSecretValue on key-AbC1d2"
      ),
      (
        "etcdserver: authentication failed, invalid user ID or password",
        "etcdserver: authentication failed, invalid user ID or password"
      ),
    ])
  func services(_ said: String, _ told: String) {
    #expect(said.withoutSuspectWords == told)
  }

  @Test("of AWS's repeats no token that the request showed")
  func aws() {
    let body = #"{"__type":"AccessDeniedException","Message":"iwIwoJsOM7GSCAAplJAH is bad"}"#
    let failure = AWSFailure(HTTPResponse(status: 400, body: Array(body.utf8)))
    #expect(failure.message == "<redacted> is bad")
  }
}
