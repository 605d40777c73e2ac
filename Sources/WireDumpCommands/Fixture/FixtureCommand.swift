import ArgumentParsing
import CommandConsole
import FoundationEssentials
import LocalFiles
import WireDump

/// `wiredump fixture`
enum FixtureCommand {
  static let group = Command(
    "fixture",
    abstract: "Make a capture a folder of bytes and expectations, and check such a folder.",
    discussion: [
      "A folder holds the bytes of each connection and their order, what wiredump says of them, where "
        + "they are from, and the digest of every file."
    ])

  private static let proto = Option(
    "proto", .values(.init("file")),
    "A .proto file that expectations are made with; give the same to make and to check.")

  static let makeTable = Command(
    "make", abstract: "Make a folder of a capture, or of another recording.",
    discussion: [
      "Secrets are replaced by made-up values of the same length, in every encoding, the same secret by "
        + "the same value; so is what cannot be looked into, such as compressed messages."
    ],
    options: [
      Option(
        "keep-secrets", aliases: ["reveal"], .flag,
        "Keep secrets; files are then for their owner alone (0600)."),
      Option("from", .value(.init("text")), "What the recording is and how it was made."),
      SharedOptions.keyLog,
      proto, SchemaSource.setOption,
    ],
    operands: [
      Operand("capture", .one, "A capture file, a stem or a folder of recordings."),
      Operand("folder", .one, "Where the files go; it is made if it is not there."),
    ])

  static let checkTable = Command(
    "check", abstract: "Check the files of a folder, and what is said of them today.",
    discussion: [
      "Exits with 1 if a file is not what the manifest says, or if today's explanation is another than "
        + "the expected one; the differences are printed."
    ],
    options: [proto, SchemaSource.setOption],
    operands: [Operand("folder", .one, "A folder that 'make' has made.")])

  static let captureTable = Command(
    "capture", abstract: "Make a capture file of a folder again.",
    discussion: [
      "Byte for byte the one that the folder was made of, if that was a file of ours with its secrets "
        + "kept; otherwise one of the same bytes in the same order."
    ],
    options: [
      Option(
        "output", letter: "o", .value(.init("file", isRequired: true)),
        "The capture file; it is for its owner alone (0600).")
    ],
    operands: [Operand("folder", .one, "A folder that 'make' has made.")])

  static func make(_ command: ParsedCommand, _ context: CommandContext) throws {
    let keyLog = try SharedOptions.keyLog(command)
    let (path, folder) = (command.operands[0], command.operands[1])
    var recording = try RecordingSource.read(path, keyLog: keyLog).recording
    let dumpContext = try DumpContext(command)
    let keeps = command.flag("keep-secrets")
    var replacement = SecretReplacement(dumpContext)
    if !keeps { recording = replacement.apply(to: recording) }
    let meta = try FixtureMeta(command, context, recording, path: path, replaced: replacement.count)
    var files = FixtureFolder.files(recording, meta: meta.text, dumpContext)
    // Whatever has been overlooked does not reach the disk.
    let leak = files.first {
      replacement.remains(in: $0.name == FixtureFolder.meta ? meta.told : $0.bytes)
    }
    if let leak {
      throw CommandFailure(
        "SECRET_REMAINS", "a secret would stand in \(leak.name), so nothing was written",
        hint: "Give --keep-secrets if it may be kept.")
    }
    files.append((FixtureFolder.manifest, Array(FixtureFolder.manifest(files).utf8)))
    try FixtureFolder(folder).write(files, mode: keeps ? 0o600 : 0o644)
    context.note(
      "\(folder): \(recording.connections.count) connections, "
        + (keeps ? "secrets are kept" : "\(replacement.count) secrets are replaced"))
  }

  static func check(_ command: ParsedCommand, _ context: CommandContext) throws {
    let problems = try FixtureCheck(
      folder: FixtureFolder(command.operands[0]), context: try DumpContext(command)
    ).problems()
    for problem in problems { try context.print(problem) }
    if !problems.isEmpty { throw CommandExit(.failure) }
    context.note("\(command.operands[0]) is as it was made")
  }

  static func capture(_ command: ParsedCommand, _ context: CommandContext) throws {
    let recording = try RecordingSource.read(command.operands[0]).recording
    let file = try AtomicFile(path: command.value("output") ?? "")
    try file.commit(TapCaptureFile.bytes(recording))
  }
}

/// Where a fixture is from.
private struct FixtureMeta {
  let text: String
  /// The part of it that is not always the same words.
  let told: [UInt8]

  init(
    _ command: ParsedCommand, _ context: CommandContext, _ recording: Recording, path: String,
    replaced: Int
  ) throws {
    let keeps = command.flag("keep-secrets")
    var meta = JSONObject()
    meta.add("v", 1)
    meta.add("from", command.value("from") ?? "not told")
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    meta.add("capture", name)
    told = Array("\(command.value("from") ?? "") \(name)".utf8)
    if !RecordingSource.isDirectory(path), RecordingSource.exists(path) {
      let bytes = try InputSource.file(path)
      meta.add("captureSHA256", FixtureFolder.digest(bytes))
      // Whether 'fixture capture' gives that very file.
      meta.add("captureIsReproduced", keeps && TapCaptureFile.bytes(recording) == bytes)
    }
    meta.add("made", String(context.now().description.prefix(10)))
    meta.add("command", "wiredump fixture make" + (keeps ? " --keep-secrets" : ""))
    meta.add("secrets", keeps ? "kept" : "synthetic")
    meta.add("secretsReplaced", UInt64(clamping: replaced))
    meta.add("connections", UInt64(clamping: recording.connections.count))
    meta.add("notes", recording.notes.joined(separator: "; "))
    text = meta.description + "\n"
  }
}
