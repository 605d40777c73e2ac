import ProtobufSchema
import ProtobufWire
import Testing

@Suite struct SourceInfoTests {
  private func locations(_ text: String) throws -> [SourceCodeLocation] {
    var loader = ProtoLoader(keepsSourceInfo: true) { _ in Array(text.utf8) }
    try loader.load("a.proto")
    let bytes = try #require(loader.schema.file(named: "a.proto")?.sourceCodeInfo)
    return try SourceCodeInfo(decoding: bytes).locations
  }

  private func message(_ text: String) throws -> SourceCodeLocation {
    try #require(try locations(text).first { $0.path == [4, 0] })
  }

  @Test func saysWhereEachPartOfADeclarationStands() throws {
    let found = try locations("message M {\n\toptional int32 x = 1;\n}")
    #expect(
      found.map(\.path) == [
        [], [4, 0], [4, 0, 1], [4, 0, 2, 0], [4, 0, 2, 0, 4], [4, 0, 2, 0, 5], [4, 0, 2, 0, 1],
        [4, 0, 2, 0, 3],
      ])
    #expect(found[1].span == [0, 0, 2, 1])
    #expect(found[4].span == [1, 8, 16])
  }

  @Test func tellsTheCommentsOfADeclarationFromDetachedOnes() throws {
    let found = try message("// one\n\n/* two */\n// three\n// four\nmessage M { // five\n}")
    #expect(found.leadingDetachedComments == [" one\n", " two "])
    #expect(found.leadingComments == " three\n four\n")
    #expect(found.trailingComments == " five\n")
  }

  @Test func takesTheMarginOffTheLinesOfABlockComment() throws {
    #expect(try message("/**\n  * a\n\t b\n */ message M {}").leadingComments == "*\n a\nb\n")
  }

  @Test func detachesTheOnlyCommentBetweenTwoDeclarationsOnALine() throws {
    let found = try message("package a; /* whose? */ message M {}")
    #expect(found.leadingComments == nil)
    #expect(found.leadingDetachedComments == [" whose? "])
  }

  @Test func givesAnOptionThePathOfItsField() throws {
    let found = try locations(
      "message M { option deprecated = true; extensions 1, 5 [verification = UNVERIFIED]; }")
    #expect(found.contains { $0.path == [4, 0, 7, 3] && $0.span == [0, 12, 37] })
    #expect(found.contains { $0.path == [4, 0, 5, 0, 3, 3] })
    #expect(found.contains { $0.path == [4, 0, 5, 1, 3, 3] })
  }

  @Test func isThereOnlyWhereItIsAskedFor() throws {
    var loader = ProtoLoader { _ in Array("message M {}".utf8) }
    try loader.load("a.proto")
    #expect(loader.schema.files[0].sourceCodeInfo == nil)
  }
}
