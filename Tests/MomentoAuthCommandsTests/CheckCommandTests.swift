import FoundationEssentials
import MomentoAuthCommands
import Testing

@Suite struct CheckCommandTests {
  @Test(
    "what is allowed ends with 0, what is denied with 4, and both say which permission decides",
    arguments: [
      ("--permission cache:readonly:shop --cache shop --get a", 0, "permissions[0]"),
      ("--permission cache:readonly:shop --cache shop --set a", 4, "does not allow to write"),
      ("--permission cache:writeonly:shop --cache shop --set-if a", 4, "tells what is stored"),
      ("--permission cache:readwrite:shop --cache other --delete a", 4, "this cache"),
      ("--permission topic:subscribe:c:* --cache c --topic t --subscribe", 0, "allows it"),
      ("--permission topic:subscribe:c:* --cache c --topic t --publish", 4, "publish"),
      ("--permission function:invoke:c:f --cache c --invoke f", 0, "allows it"),
      ("--scope all-data-read-write --list-caches", 4, "SuperUser"),
      ("--scope super-user --create-cache", 0, "SuperUser"),
      ("--scope super-user --generate-super-user-key", 4, "session token"),
      ("--scope super-user --generate-key", 0, "SuperUser"),
    ])
  func permissions(line: String, exitCode: Int32, words: String) async {
    let run = await momentoAuth("check \(line)")
    #expect(run.exitCode == exitCode)
    #expect(run.output.hasPrefix(exitCode == 0 ? "allowed: " : "denied: "))
    #expect(run.output.contains(words))
    #expect(run.errors == "")
  }

  @Test("a key of the service says it itself, also after it has expired, which ends with 3")
  func credential() async throws {
    try await withService { address, _ in
      let session = await momentoAuth("login --local \(address) --json")
      let key = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --expires-in 1h "
          + "--permission cache:readonly:shop --json", input: session.output)
      let question = "check --credentials-file - --cache shop --get a --json"
      let now = await momentoAuth(question, input: key.output)
      #expect(now.exitCode == 0)
      let answer = try now.json(Answer.self)
      #expect(
        answer
          == Answer(allowed: true, permission: "cache:readonly:shop", index: 0, expired: false))
      let later = await momentoAuth(
        question, input: key.output, now: Date().addingTimeInterval(7_200))
      #expect(later.exitCode == 3)
      #expect(try later.json(Answer.self).expired)
    }
  }

  @Test(
    "a question that is none, or two, is refused with what is missing",
    arguments: [
      ("", "Say what is to be done"), ("--get a", "Name the cache"),
      ("--cache c --publish", "--publish needs --topic"),
      ("--cache c --get a --set b", "one thing at a time"),
      ("--list-caches --credentials-file x", "not both"),
    ])
  func usage(line: String, words: String) async {
    let run = await momentoAuth("check --scope super-user \(line)")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(words))
  }

  private struct Answer: Decodable, Equatable {
    var allowed: Bool
    var permission: String?
    var index: Int?
    var expired: Bool
  }
}
