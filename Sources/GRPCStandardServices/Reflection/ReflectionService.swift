import GRPCCall
public import GRPCTransport
import ProtobufSchema
import ProtobufWire

/// Why a server cannot describe itself: a `.proto` file has a fault.
public struct ReflectionError: Error, Sendable, CustomStringConvertible {
  /// Where the fault is and what was expected.
  public let description: String
}

/// gRPC's standard reflection service, `grpc.reflection.v1.ServerReflection` and its `v1alpha`.
///
/// Tools such as grpcurl ask it which services a server has, and for the descriptors that they need to
/// call them. It describes the services of the given files, gRPC's health service and itself. See "GRPC
/// Server Reflection Protocol".
public struct ReflectionService: GRPCService {
  private let schema: Schema
  private let services: [String]

  /// Reads the files that describe a server's services.
  ///
  /// - Parameter files: the texts of `.proto` files, by the names under which they import each other.
  ///   Those of `google/protobuf/` are known already.
  /// - Throws: ``ReflectionError`` for the first fault of a file.
  public init(files: [String: String]) throws(ReflectionError) {
    let texts = files.merging(StandardProtos.texts) { given, _ in given }
    var loader = ProtoLoader { name in texts[name].map { Array($0.utf8) } }
    do {
      for name in texts.keys.sorted() { try loader.load(name) }
    } catch {
      throw ReflectionError(description: "\(error)")
    }
    schema = loader.schema
    services = schema.files.flatMap { file in
      file.services.map { [file.package, $0.name].compactMap(\.self).joined(separator: ".") }
    }.sorted()
  }

  /// Adds ServerReflectionInfo in both versions.
  public func register(in router: inout Router) {
    register(ReflectionV1.self, in: &router)
    register(ReflectionV1Alpha.self, in: &router)
  }

  private func register<Version: ReflectionVersion>(
    _ version: Version.Type, in router: inout Router
  ) {
    let method = MethodDescriptor<ReflectionRequest<Version>, ReflectionResponse<Version>>(
      service: Version.package + ".ServerReflection", method: "ServerReflectionInfo",
      kind: .bidirectionalStreaming)
    router.bidirectionalStreaming(method) { requests, writer, _ in
      for try await request in requests {
        var response = ReflectionResponse<Version>()
        response.validHost = request.host
        response.originalRequest = request
        response.answer = answer(request.question)
        try await writer.send(response)
      }
      return [:]
    }
  }

  private func answer<Version>(_ question: ReflectionRequest<Version>.Question?) -> ReflectionAnswer
  {
    switch question {
    case .file(let name): files(schema.file(named: name), "file", name)
    case .fileOfSymbol(let name):
      files(schema.file(declaring: Self.withoutPoint(name)), "symbol", name)
    case .fileOfExtension(let request): fileContaining(request)
    case .extensionNumbers(let type): extensionNumbers(of: type)
    case .services:
      .services(ListServiceResponse(service: services.map { ServiceResponse(name: $0) }))
    case nil: Self.error(.invalidArgument, "a request that asks for nothing that is known here")
    }
  }

  private func fileContaining(_ request: ExtensionRequest) -> ReflectionAnswer {
    let type = Self.withoutPoint(request.containingType)
    let found = schema.message(named: type)
      .flatMap { schema.extensions(of: $0)[request.extensionNumber] }
      .flatMap { schema.file(declaring: $0.fullName) }
    return files(found, "extension", "\(type) \(request.extensionNumber)")
  }

  private func extensionNumbers(of type: String) -> ReflectionAnswer {
    let name = Self.withoutPoint(type)
    guard let message = schema.message(named: name) else {
      return Self.error(.notFound, "unknown message: \(type)")
    }
    let numbers = schema.extensions(of: message).keys.sorted()
    return .extensionNumbers(
      ExtensionNumberResponse(baseTypeName: name, extensionNumber: numbers))
  }

  /// A file and all that it imports: the file that was asked for is the first.
  private func files(
    _ file: FileDeclaration?, _ kind: String, _ name: String
  ) -> ReflectionAnswer {
    guard let file else { return Self.error(.notFound, "unknown \(kind): \(name)") }
    do {
      var response = FileDescriptorResponse()
      for needed in schema.filesNeeded(by: file.name ?? "").reversed() {
        response.fileDescriptorProto.append(try needed.encoded())
      }
      return .files(response)
    } catch {
      return Self.error(.internalError, "the descriptor is too large")
    }
  }

  private static func error(_ code: StatusCode, _ message: String) -> ReflectionAnswer {
    .error(ErrorResponse(errorCode: Int32(code.rawValue), errorMessage: message))
  }

  /// Clients write full names with a point before them or without.
  private static func withoutPoint(_ name: String) -> String {
    name.hasPrefix(".") ? String(name.dropFirst()) : name
  }
}
