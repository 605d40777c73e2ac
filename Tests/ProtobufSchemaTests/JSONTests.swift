import ProtobufSchema
import Testing

/// The rules of "ProtoJSON Format", each with a message that shows it.
@Suite struct JSONTests {
  let schema: Schema
  let kinds: MessageDescriptor

  // Once for all tests, since each has a suite of its own.
  private static let loaded = Result {
    try SchemaFiles(["kinds3.proto"], in: "protos", "/usr/include").schema()
  }

  init() throws {
    schema = try Self.loaded.get()
    kinds = try #require(schema.message(named: "fixtures.kinds3.Kinds"))
  }

  func read(_ text: String, ignoringUnknown: Bool = false) throws -> DynamicMessage {
    try DynamicMessage(
      json: Array(text.utf8), kinds, of: schema,
      options: JSONDecodingOptions(ignoresUnknownFields: ignoringUnknown))
  }

  @Test(
    arguments: [
      (
        #"{"an_int32": 1, "anInt64": "-9223372036854775808"}"#,
        #"{"anInt32":1,"anInt64":"-9223372036854775808"}"#
      ),
      (
        #"{"anInt32": 1.5e1, "aUint64": "18446744073709551615"}"#,
        #"{"anInt32":15,"aUint64":"18446744073709551615"}"#
      ),
      (#"{"aDouble": "-Infinity", "aFloat": "NaN"}"#, #"{"aFloat":"NaN","aDouble":"-Infinity"}"#),
      (#"{"aDouble": 0.1, "aFloat": -0.0}"#, #"{"aFloat":-0,"aDouble":0.1}"#),
      (#"{"aFloat": 3.4028235e38}"#, #"{"aFloat":3.4028235e+38}"#),
      (#"{"anInt32": "1e5", "aDouble": "2.5e-3"}"#, #"{"anInt32":100000,"aDouble":0.0025}"#),
      (#"{"any": {}, "struct": {"a": []}}"#, #"{"any":{},"struct":{"a":[]}}"#),
      (#"{"someBytes": "-_8"}"#, #"{"someBytes":"+/8="}"#),
      (
        #"{"mood": "SAD", "moods": [1, "CALM", 77]}"#, #"{"mood":"SAD","moods":["GLAD","CALM",77]}"#
      ),
      (#"{"aString": null, "children": null, "int32Map": null}"#, "{}"),
      (
        #"{"boolMap": {"true": false}, "int32Map": {"-1": 2}}"#,
        #"{"int32Map":{"-1":2},"boolMap":{"true":false}}"#
      ),
      (#"{"nullChoice": null}"#, #"{"nullChoice":null}"#),
      (#"{"aString": "\ud83d\ude42\u0001\/"}"#, "{\"aString\":\"\u{1F642}\\u0001/\"}"),
      (
        #"{"timestamp": "2024-02-29T23:59:59.5-01:30"}"#,
        #"{"timestamp":"2024-03-01T01:29:59.500Z"}"#
      ),
      (#"{"timestamp": "0001-01-01T00:00:00Z"}"#, #"{"timestamp":"0001-01-01T00:00:00Z"}"#),
      (#"{"duration": "-1.000001s"}"#, #"{"duration":"-1.000001s"}"#),
      (#"{"mask": "aB.c,d"}"#, #"{"mask":"aB.c,d"}"#),
      (#"{"struct": {"a": [1, null, {"b": "c"}]}}"#, #"{"struct":{"a":[1,null,{"b":"c"}]}}"#),
      (#"{"value": null, "values": [null, true]}"#, #"{"value":null,"values":[null,true]}"#),
      (#"{"int64Value": 0, "boolValue": false}"#, #"{"boolValue":false,"int64Value":"0"}"#),
      (
        #"{"any": {"number": 3, "@type": "x/fixtures.kinds3.Kinds.Child"}}"#,
        #"{"any":{"@type":"x/fixtures.kinds3.Kinds.Child","number":3}}"#
      ),
      (
        #"{"any": {"@type": "x/google.protobuf.Duration", "value": "1s"}}"#,
        #"{"any":{"@type":"x/google.protobuf.Duration","value":"1s"}}"#
      ),
      (#"{"empty": {}, "another": 4}"#, #"{"empty":{},"another":4}"#),
    ])
  func readsAndWritesEachForm(text: String, canonical: String) throws {
    #expect(try read(text).json() == canonical)
  }

  @Test(
    arguments: [
      (#"{"anInt32": 1,}"#, "expected a name in quotes at byte 14"),
      (#"{"anInt32": 01}"#, "expected the end of a number at byte 13"),
      (#"{"anInt32": 1} {}"#, "expected the end of the text at byte 15"),
      (#"{"aString": "\ud83d"}"#, "half of a surrogate pair at byte 13"),
      (#"{"aString": "\x"}"#, "an escape sequence that does not exist at byte 13"),
      (#"{"anInt32": 1, "anInt32": 2}"#, "a name that is in the object already at byte 15"),
      (
        #"{"anInt32": 1, "an_int32": 2}"#, "an_int32: the field is there already, by its other name"
      ),
      (
        #"{"child": {"parent": {"none": 1}}}"#,
        "child.parent.none: \"fixtures.kinds3.Kinds\" has no such field"
      ),
      (#"{"anInt32": 0.5}"#, "anInt32: not an integer that a field of type int32 can hold"),
      (#"{"anInt32": 2147483648}"#, "anInt32: not an integer that a field of type int32 can hold"),
      (#"{"aUint32": -1}"#, "aUint32: not an integer that a field of type uint32 can hold"),
      (#"{"aFloat": 3.5e38}"#, "aFloat: not a number that a field of type float can hold"),
      (#"{"aBool": "true"}"#, "aBool: expected true or false, found a string"),
      (#"{"int32s": [1, null]}"#, "int32s[1]: null cannot stand in an array"),
      (#"{"childMap": {"a": null}}"#, "childMap[\"a\"]: null cannot stand in a map"),
      (
        #"{"int32Choice": 1, "stringChoice": ""}"#,
        "stringChoice: \"int32_choice\" of the same oneof is there already"
      ),
      (#"{"mood": "ANGRY"}"#, "mood: \"fixtures.kinds3.Kinds.Mood\" has no value of that name"),
      (
        #"{"timestamp": "2023-02-29T00:00:00Z"}"#,
        "timestamp: expected a time of RFC 3339, such as \"2024-02-29T12:00:00.5Z\""
      ),
      (#"{"duration": "1"}"#, "duration: expected a duration in seconds, such as \"1.5s\""),
      (#"{"mask": "a_b"}"#, "mask: a path of a field mask is in camel case"),
      (
        #"{"any": {"@type": "x/none.Such"}}"#,
        "any: \"@type\" is not the URL of a message that is known here"
      ),
      ("null", "expected an object, found null"),
    ])
  func refusesWhatIsNoFormAndSaysWhere(text: String, said: String) {
    #expect {
      try read(text)
    } throws: {
      "\($0)" == said
    }
  }

  @Test func passesOverWhatIsUnknownIfToldTo() throws {
    let text =
      #"{"none": [{}], "mood": "ANGRY", "moods": ["GLAD", "ANGRY"], "moodMap": {"a": "ANGRY"}}"#
    #expect(try read(text, ignoringUnknown: true).json() == #"{"moods":["GLAD"]}"#)
  }

  @Test func writesOriginalNamesAndDefaultsIfToldTo() throws {
    let type = try #require(schema.message(named: "fixtures.kinds3.Kinds.Child"))
    let options = JSONEncodingOptions(usesOriginalNames: true, writesDefaults: true)
    #expect(try DynamicMessage(type, of: schema).json(options) == #"{"number":0}"#)
    #expect(try read(#"{"anInt32": 2}"#).json(options).hasPrefix(#"{"an_int32":2,"an_int64":"0","#))
  }

  @Test(arguments: ["foo__bar", "fooBar", "foo_3", "_"])
  func refusesToWriteAPathThatWouldNotComeBack(path: String) throws {
    let bytes = [0xC2, 0x06, UInt8(path.utf8.count + 2), 0x0A, UInt8(path.utf8.count)] + path.utf8
    let message = try DynamicMessage(decoding: bytes, kinds, of: schema)
    #expect(throws: JSONError.self) { try message.json() }
  }

  @Test func refusesToWriteAnEndlessRowOfAnys() throws {
    let any = try #require(schema.message(named: "google.protobuf.Any"))
    let url = try #require(any.field(number: 1))
    let value = try #require(any.field(number: 2))
    var message = DynamicMessage(any, of: schema)
    for _ in 0..<1_000 {
      let content = try message.encoded()
      message.set(url, .string("x/google.protobuf.Any"))
      message.set(value, .bytes(content))
    }
    #expect(throws: JSONError.self) { try message.json() }
    #expect(message.text().utf8.count > 1_000)
  }
}
