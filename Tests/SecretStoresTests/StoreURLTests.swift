import Testing

@testable import SecretStores

@Suite struct StoreURLTests {
  @Test(arguments: [
    ("file:./key.json", "file", "./key.json"),
    ("file:///etc/momento/key.json", "file", "/etc/momento/key.json"),
    ("file://localhost/etc/key", "file", "/etc/key"),
    ("FILE:a%20b", "file", "a b"),
    ("aws-secretsmanager:momento/token", "aws-secretsmanager", "momento/token"),
    (
      "aws-secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:a-b", "aws-secretsmanager",
      "arn:aws:secretsmanager:eu-west-1:1:secret:a-b"
    ),
    ("gcp-secretmanager:projects/P/secrets/S", "gcp-secretmanager", "projects/P/secrets/S"),
    ("kubernetes:ns/name", "kubernetes", "ns/name"),
    ("etcd:momento/key%3Fa", "etcd", "momento/key?a"),
  ])
  func aStoreIsNamed(text: String, scheme: String, name: String) throws {
    let url = try StoreURL(parsing: text)
    #expect(url.scheme == scheme)
    #expect(url.name == name)
    #expect(url.parameters.isEmpty)
  }

  @Test func parametersAreDecoded() throws {
    let url = try StoreURL(parsing: "vault:secret/momento?address=http%3A%2F%2Fh:1&role=&tls")
    #expect(url.parameters == ["address": "http://h:1", "role": "", "tls": ""])
    #expect(try url.require("address") == "http://h:1")
    #expect(try url.flag("tls"))
    #expect(try !url.flag("other"))
    #expect(url.description == "vault:secret/momento")
  }

  @Test(arguments: [
    ("key.json", "has no scheme"), (":x", "has no scheme"), ("file:", "names no secret"),
    ("fi le:x", "scheme has a character"), ("file:a#b", "has a '#'"), ("file:a%2", "without two"),
    ("file:a%zz", "without two"), ("file:a%00", "control characters"), ("file:%ff", "is no text"),
    ("etcd:a?b=1&b=2", "'b' twice"), ("etcd:a?=1", "has no name"),
  ])
  func aMistakeIsNamed(text: String, what: String) {
    let error = #expect(throws: SecretStoreError.self) { try StoreURL(parsing: text) }
    #expect(error?.kind == .misconfigured)
    #expect(error?.message.contains(what) == true)
  }

  @Test func theTimeForAnAnswerIsInWholeSeconds() throws {
    #expect(try StoreURL(parsing: "etcd:a").timeout() == nil)
    #expect(try StoreURL(parsing: "etcd:a?timeout=30").timeout() == .seconds(30))
    for text in ["0", "-1", "3601", "5s", "", "1e2"] {
      let url = try StoreURL(parsing: "etcd:a?timeout=\(text)")
      let error = #expect(throws: SecretStoreError.self) { try url.timeout() }
      #expect(error?.message.contains("'timeout'") == true)
    }
  }

  @Test func anUnknownParameterIsRefusedByName() throws {
    let url = try StoreURL(parsing: "etcd:a?endpoint=x")
    let error = #expect(throws: SecretStoreError.self) { try url.refuseUnknown(["endpoints"]) }
    #expect(error?.description.contains("'endpoint'") == true)
    #expect(error?.advice.contains("endpoints") == true)
    #expect(throws: SecretStoreError.self) { try url.require("endpoints") }
    #expect(throws: SecretStoreError.self) { try url.flag("endpoint") }
  }
}
