import ProtobufSchema
import Testing

/// The rules of "Text Format Language Specification".
@Suite struct TextFormatTests {
  private static let loaded = Result {
    try SchemaFiles(["kinds3.proto", "everything2.proto"], in: "protos", "/usr/include").schema()
  }

  let schema: Schema

  init() throws { schema = try Self.loaded.get() }

  func read(_ text: String, _ type: String = "kinds3.Kinds") throws -> DynamicMessage {
    let descriptor = try #require(schema.message(named: "fixtures." + type))
    return try DynamicMessage(text: Array(text.utf8), descriptor, of: schema)
  }

  @Test(
    arguments: [
      "gone: 1 must: 2", "gone: [1, 'a' 'b', -inf, {}]; must: 2", "gone [{ a: 1 }, <>] must: 2",
      "also_gone { 1: x y < z: [] > [a.b/c.d] { } [e.f]: 0x1 }, must: 2", "gone: -X must: 2",
    ])
  func passesOverTheFieldsOfReservedNames(text: String) throws {
    #expect(try read(text, "proto2.Everything").text() == "must: 2\n")
  }

  @Test(
    arguments: [
      ("gone 1", "text:1:6: expected \":\" or \"{\", found \"1\""),
      ("gone [1]", "text:1:7: expected \"{\", found \"1\""),
      ("gone { x: }", "text:1:11: expected a value, found \"}\""),
      ("gone: [", "text:1:8: expected a value, found the end of the file"),
    ])
  func refusesWhatIsNoValueOfAReservedName(text: String, said: String) {
    #expect {
      try read(text, "proto2.Everything")
    } throws: {
      "\($0)" == said
    }
  }

  @Test func namesAFieldLikeAGroupOnlyWhereItIsOne() throws {
    let schema = try SchemaFiles(["delimited2023.proto"], in: "protos").schema()
    let type = try #require(schema.message(named: "fixtures.delimited.Delimited"))
    let text =
      "GroupLike { number: 1 } of_another_name { number: 2 } outside { flag: true }"
      + " [fixtures.delimited.grouplike] { number: 3 }"
    let message = try DynamicMessage(text: Array(text.utf8), type, of: schema)
    #expect(
      message.text().split(separator: "\n").filter { $0.hasSuffix("{") } == [
        "GroupLike {", "of_another_name {", "outside {", "[fixtures.delimited.grouplike] {",
      ])
    // Fields 1 and 3, each between a tag of a group's start and one of its end.
    #expect(try message.encoded().prefix(4) == [0x0B, 0x08, 0x01, 0x0C])
  }

  @Test(
    arguments: [
      ("an_int32: -0x10, a_uint32: 017;", "an_int32: -16\na_uint32: 15\n"),
      ("a_float: 1f a_double: .5e1", "a_float: 1\na_double: 5\n"),
      ("a_float: -inFINITY a_double: NaN", "a_float: -inf\na_double: nan\n"),
      ("a_float: 1e50 a_double: -0", "a_float: inf\na_double: -0\n"),
      ("a_string: 'a' # said in two parts\n\"\\x62\\143\"", "a_string: \"abc\"\n"),
      (
        "moods: [GLAD, -1, 77] bools: [t, False]",
        "bools: true\nbools: false\nmoods: GLAD\nmoods: SAD\nmoods: 77\n"
      ),
      ("child < number: 1 >", "child {\n  number: 1\n}\n"),
      ("mood_map { key: 'a' value: SAD }", "mood_map {\n  key: \"a\"\n  value: SAD\n}\n"),
      (
        "any { [x/fixtures.kinds3.Kinds.Child] { number: 1 } }",
        "any {\n  [x/fixtures.kinds3.Kinds.Child] {\n    number: 1\n  }\n}\n"
      ),
    ])
  func readsAndWritesEachForm(text: String, canonical: String) throws {
    #expect(try read(text).text() == canonical)
  }

  @Test func writesGroupsExtensionsAndMessageSets() throws {
    let text = "must: 1\nPart {\n  in_part: 2\n}\n[fixtures.proto2.outside]: 3\n"
    #expect(try read(text, "proto2.Everything").text() == text)
    let set = "[fixtures.proto2.InSet] {\n  text: \"a\"\n}\n"
    #expect(try read(set, "proto2.OldSet").text() == set)
  }

  @Test func writesUnknownFieldsByTheirNumbersIfToldTo() throws {
    let descriptor = try #require(schema.message(named: "fixtures.kinds3.Kinds"))
    let bytes: [UInt8] = [
      0xC0, 0x3E, 5, 0xC2, 0x3E, 2, 8, 1, 0xC3, 0x3E, 8, 2, 0xC4, 0x3E, 0xC5, 0x3E, 1, 0, 0, 0,
    ]
    let message = try DynamicMessage(decoding: bytes, descriptor, of: schema)
    #expect(message.text().isEmpty)
    #expect(
      message.text(TextEncodingOptions(writesUnknownFields: true))
        == "1000: 5\n1000 {\n  1: 1\n}\n1000 {\n  1: 2\n}\n1000: 0x00000001\n")
  }

  @Test(
    arguments: [
      ("none: 1", "text:1:1: \"fixtures.kinds3.Kinds\" has no field \"none\""),
      ("an_int32: 2147483648", "text:1:11: not a value of type int32"),
      ("an_int32: 1,,", "text:1:13: expected the name of a field, found \",\""),
      ("int32s: [1,]", "text:1:12: expected a value, found \"]\""),
      ("an_int32: 1 an_int32: 2", "text:1:23: \"an_int32\" is set already"),
      (
        "int32_choice: 1 string_choice: ''",
        "text:1:32: \"int32_choice\" of the same oneof is set already"
      ),
      ("a_float: 0x1", "text:1:10: expected a decimal number, found \"0x1\""),
      ("a_string: '\\ud83d\\ude42'", "text:1:12: a character that does not exist"),
      ("a_string: '\\xff'", "text:1:11: a string that is not UTF-8"),
      ("child { number: 1", "text:1:18: expected \"}\", found the end of the file"),
    ])
  func refusesWhatIsNoFormAndSaysWhere(text: String, said: String) {
    #expect {
      try read(text)
    } throws: {
      "\($0)" == said
    }
  }
}
