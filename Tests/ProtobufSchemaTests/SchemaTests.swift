import Foundation
import ProtobufSchema
import ProtobufWire
import TestSupport
import Testing

@Suite struct SchemaTests {
  @Test(
    arguments: [
      SchemaFiles(["auth.proto", "token.proto"], in: "../Protos"),
      SchemaFiles(["rpc.proto"], in: "../Protos/etcd"),
      SchemaFiles(["everything2.proto"], in: "protos", "/usr/include"),
      SchemaFiles(["comments.proto"], in: "protos"),
    ])
  func describesFilesByteForByteAsTheirCompilerDoes(files: SchemaFiles) throws {
    for withSourceInfo in [false, true] {
      guard let expected = try files.described(withSourceInfo: withSourceInfo) else { return }
      #expect(try files.load(withSourceInfo: withSourceInfo).encoded() == expected)
    }
  }

  @Test func describesTheFilesOfProtobufItselfAsTheirCompilerDoes() throws {
    let directory = "/usr/include/google/protobuf"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let protos = names.filter { $0.hasSuffix(".proto") }.sorted()
    let files = SchemaFiles(protos.map { "google/protobuf/" + $0 }, in: "/usr/include")
    guard !protos.isEmpty, let expected = try files.described(withSourceInfo: true) else { return }
    #expect(try files.load(withSourceInfo: true).encoded() == expected)
  }

  @Test func linksADescribedFileAgainWithoutItsText() throws {
    let described = try SchemaFiles(
      ["everything2.proto", "edition2023.proto"], in: "protos", "/usr/include"
    ).load()
    var linker = Linker()
    for file in try FileSet(decoding: described.encoded()).files { try linker.add(file) }
    #expect(linker.schema.files == described.files)
    let message = try #require(linker.schema.message(named: "fixtures.proto2.Everything"))
    #expect(message.field(named: "a_color")?.defaultValue == .enumeration(.max))
    #expect(message.field(named: "notes")?.isMap == true)
  }

  @Test func takesBehaviourFromTheFeaturesOfAnEdition() throws {
    let schema = try SchemaFiles(["edition2023.proto"], in: "protos").schema()
    let message = try #require(schema.message(named: "fixtures.edition2023.Behaviours"))
    func field(_ name: String) throws -> FieldDescriptor {
      try #require(message.field(named: name))
    }
    #expect(try field("explicit").presence == .explicit)
    #expect(try field("implicit").presence == .implicit)
    #expect(try field("required").presence == .required)
    #expect(try field("packed").isPacked)
    #expect(try !field("expanded").isPacked)
    #expect(try !field("unchecked").verifiesUTF8)
    #expect(try field("checked").verifiesUTF8)
    #expect(try field("plain").type == .message)
    #expect(try field("delimited").type == .group)
    #expect(try field("by_number").type == .message)
    #expect(schema.enumeration(of: try field("closed"))?.isClosed == true)
    #expect(schema.enumeration(of: try field("open"))?.isClosed == false)
  }

  @Test(
    arguments: [
      (
        "syntax = \"proto4\";",
        "a.proto:1:10: expected the syntax \"proto2\" or \"proto3\", found \"proto4\""
      ),
      ("message M {\n  optional int32 x 1;\n}", "a.proto:2:20: expected \"=\", found \"1\""),
      (
        "message M {\n  optional int32 x = 0;\n}",
        "a.proto:2:22: a field number is from 1 to 2147483646, found \"0\""
      ),
      ("message M {", "a.proto:1:12: expected \"}\", found the end of the file"),
      ("message M { optional N n = 1; }", "a.proto:1:24: the type \"N\" is not declared"),
      ("/* never", "a.proto:1:1: the comment that begins here does not end: expected \"*/\""),
      ("message M {}\nmessage M {}", "a.proto:2:9: \"M\" is declared already"),
      (
        "message M {\n optional int32 a = 1;\n optional int32 b = 1;\n}",
        "a.proto:3:17: \"b\" has the number of \"a\""
      ),
      (
        "option nothing = 1;",
        "a.proto:1:8: \"google.protobuf.FileOptions\" has no option \"nothing\""
      ),
      (
        "message M { int32 x = 1; }",
        "a.proto:1:13: expected \"required\", \"optional\" or \"repeated\", found \"int32\""
      ),
      (
        "edition = \"2023\"; message M { extensions 1 [declaration = { number: 1 full_name: \".x\" type: \"bool\" }]; } extend M { string x = 1; }",
        "a.proto:1:124: the extension is declared with the type \"bool\""
      ),
      (
        "option java_package = \"a\"; option java_package = \"b\";",
        "a.proto:1:35: the option \"google.protobuf.FileOptions.java_package\" is set already"
      ),
      (
        "syntax = \"proto3\"; option features.enum_type = OPEN;",
        "a.proto: only an edition has features"
      ),
      (
        "edition = \"2023\"; message M { int32 a = 1 [features.enum_type = CLOSED]; }",
        "a.proto:1:44: \"google.protobuf.FeatureSet.enum_type\" is no option of what this is: field"
      ),
      (
        "edition = \"2023\"; message M { repeated int32 a = 1 [packed = true]; }",
        "a.proto:1:46: an edition has features.repeated_field_encoding, not \"packed\""
      ),
      (
        "edition = \"2025\";",
        "a.proto:1:11: expected the edition \"2023\" or \"2024\", found \"2025\""
      ),
      (
        "edition = \"2024\"; message M { int32 aB = 1; }",
        "a.proto:1:37: the name of the field \"aB\" is not in lower_snake_case; features.enforce_naming_style = STYLE_LEGACY permits it"
      ),
      (
        "message M { extensions 4 to 9 [declaration = { number: 10 full_name: \".x\" type: \"int32\" }]; }",
        "a.proto:1:24: the declared extension 10 is not in the range"
      ),
      ("import \"b.proto\";", "a.proto: the imported file \"b.proto\" is not there"),
      ("import \"a.proto\";", "a.proto: the file imports itself: a.proto imports a.proto"),
      (
        "syntax = \"proto3\"; enum E { A = 1; }",
        "a.proto:1:29: the first value of an open enum is 0"
      ),
      (
        "message M { optional string s = 1 [default = \"\\q\"]; }",
        "a.proto:1:47: an escape sequence that does not exist"
      ),
      (
        "message M { optional int32 é = 1; }",
        "a.proto:1:28: a character that has no meaning outside strings and comments"
      ),
    ])
  func saysWhereAFileIsWrongAndWhatWasExpected(text: String, said: String) {
    var loader = ProtoLoader { $0 == "a.proto" ? Array(text.utf8) : nil }
    #expect {
      try loader.load("a.proto")
    } throws: {
      "\($0)" == said
    }
  }

  @Test func findsTheDescriptorsOfProtobufWithoutAnInstallation() throws {
    var loader = ProtoLoader { _ in nil }
    try loader.load("google/protobuf/descriptor.proto")
    try loader.load("google/protobuf/type.proto")
    #expect(loader.schema.message(named: "google.protobuf.FeatureSet") != nil)
    #expect(loader.schema.message(named: "google.protobuf.Any") != nil)
  }
}
