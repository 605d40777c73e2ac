import Foundation
import TestSupport
import Testing

@testable import ProtobufSchema

/// `.proto` files that nobody wrote in good faith.
@Suite struct HostileSchemaTests {
  private func fault(_ text: [UInt8], named name: String = "a.proto") -> SchemaError? {
    var loader = ProtoLoader(keepsSourceInfo: true) { $0 == name ? text : nil }
    do {
      try loader.load(name)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("message M {\n  /* ", "a.proto:2:3: the comment that begins here does not end"),
      ("option java_package = \"", "a.proto:1:23: the string that begins here does not end"),
      ("option java_package = \"\n\";", "a.proto:1:23: the string that begins here does not end"),
      ("option java_package = '\\u12';", "a.proto:1:24: expected 4 hexadecimal digits"),
      ("message M { reserved 5 to 3; }", "a.proto:1:27: a reserved number is from 5 to"),
      (
        "message M { optional int32 a = 99999999999999999999999; }",
        "a.proto:1:32: a field number is from 1 to"
      ),
      ("enum E { A = 4294967296; }", "a.proto:1:14: the number of an enum value is from"),
      ("option (x) = {", "a.proto:1:15: expected \"}\", found the end of the file"),
      ("message M { optional int32 a = 0x; }", "a.proto:1:32: expected hexadecimal digits"),
      ("option deprecated = 1e;", "a.proto:1:21: expected digits of an exponent"),
      ("\u{FEFF}message", "a.proto:1:8: expected the message's name"),
      ("message \u{0} {}", "a.proto:1:9: a character that has no meaning"),
    ])
  func saysWhereAMalformedFileEnds(text: String, said: String) throws {
    let found = try #require(fault(Array(text.utf8)))
    #expect("\(found)".hasPrefix(said))
  }

  @Test func refusesAFileThatIsNotUTF8() throws {
    #expect(try #require(fault([0x2F, 0x2F, 0xFF])).message == "the file is not UTF-8")
  }

  @Test(arguments: ["message M { ", "optional group G = 1 { ", "option (o) = { a { "])
  func boundsHowDeepAFileIsNested(opening: String) throws {
    let start = opening.hasPrefix("optional") ? "message M { " : ""
    let text = start + String(repeating: opening, count: 5_000)
    #expect(fault(Array(text.utf8)) != nil)
  }

  @Test func boundsHowDeepTheValueOfAnOptionIsNested() throws {
    let field = "import \"google/protobuf/descriptor.proto\";"
    let declared = " message O { optional O o = 1; } extend google.protobuf.FileOptions {"
    let depth = 10_000
    let value = String(repeating: "o { ", count: depth) + String(repeating: "} ", count: depth)
    let text = field + declared + " optional O x = 50000; } option (x) = { \(value) };"
    #expect(try #require(fault(Array(text.utf8))).message == "nested deeper than 100 levels")
  }

  @Test func saysWhichFilesImportEachOther() throws {
    let files = ["a": "import \"b\";", "b": "import \"c\";", "c": "import \"a\";"]
    var loader = ProtoLoader { files[$0].map { Array($0.utf8) } }
    #expect(
      throws: SchemaError("the file imports itself: a imports b imports c imports a", file: "a")
    ) { try loader.load("a") }
  }

  @Test func boundsHowManyOptionsManyRangesHave() throws {
    let ranges = (1...1_000).map(String.init).joined(separator: ", ")
    let options = Array(repeating: "(x) = 1", count: 101).joined(separator: ", ")
    let text = "message M { extensions \(ranges) [\(options)]; }"
    let found = try #require(fault(Array(text.utf8)))
    #expect(found.message == "101000 options of ranges, of which 100000 are allowed")
  }

  @Test func readsLargeFilesInTimeThatGrowsWithThem() throws {
    let line = "// " + String(repeating: "c", count: 200_000) + "\n"
    let string = "option java_package = \"" + String(repeating: "x", count: 200_000) + "\";"
    let fields = (1...2_000).map { "optional int32 field_\($0) = \($0);" }.joined()
    #expect(fault(Array((line + string + "message M { \(fields) }").utf8)) == nil)
  }

  /// All files that a mutated one may import.
  private static let imported = Result {
    var loader = SchemaLinker()
    try loader.load([
      "google/protobuf/descriptor.proto", "google/protobuf/any.proto", "imported.proto",
      "google/protobuf/duration.proto", "google/protobuf/empty.proto",
      "google/protobuf/field_mask.proto", "google/protobuf/struct.proto",
      "google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto",
    ])
    return loader.linker
  }

  /// A thousand files with faults in them are read or refused, and the parser comes to an end.
  @Test(arguments: ["everything2", "edition2023", "delimited2023", "comments", "kinds3"])
  func neverFailsOtherwiseThanWithAnErrorOfTheFile(name: String) throws {
    let imported = try Self.imported.get()
    let path = fixture("protos/\(name).proto").path
    let original = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    var random = SplitMix(seed: UInt64(name.utf8.reduce(0) { $0 &+ UInt64($1) }))
    var refused = 0
    for _ in 0..<200 {
      let text = random.changed(original)
      do throws(SchemaError) {
        var linker = imported
        let file = try ProtoParser.parse(
          text, file: "mutated.proto", keepsSourceInfo: random.next() % 2 == 0)
        try linker.add(file)
      } catch {
        refused += 1
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).count
        #expect(error.position.map { $0.line >= 1 && $0.line <= lines && $0.column >= 1 } ?? true)
        #expect(!error.message.isEmpty)
      }
    }
    #expect(refused > 50)
  }
}

/// Links files of the fixtures, or those that are built in.
private struct SchemaLinker {
  var linker = Linker()

  mutating func load(_ names: [String]) throws {
    for name in names where !linker.contains(name) {
      let text = FileManager.default.contents(atPath: fixture("protos/" + name).path)
      let bytes = try #require(text.map { [UInt8]($0) } ?? BuiltInFiles.text(of: name))
      let file = try ProtoParser.parse(bytes, file: name)
      try load(file.dependencies)
      try linker.add(file)
    }
  }
}

/// Numbers that look random and are the same in each run.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// A text with one to three faults: bytes changed, lost, repeated or exchanged for marks.
  mutating func changed(_ original: [UInt8]) -> [UInt8] {
    let marks = Array("{}[]();=,.<>\"'/*\\-0x9 \n\u{0}".utf8) + [0xFF, 0xC3]
    var text = original
    for _ in 0...below(3) {
      let start = below(text.count)
      let end = min(text.count, start + 1 + below(12))
      switch below(5) {
      case 0: text[start] = marks[below(marks.count)]
      case 1: text.removeSubrange(start..<end)
      case 2: text.insert(contentsOf: text[start..<end], at: below(text.count))
      case 3: text.insert(marks[below(marks.count)], at: start)
      default: text.removeSubrange(start...)
      }
      if text.isEmpty { text = [0x20] }
    }
    return text
  }
}
