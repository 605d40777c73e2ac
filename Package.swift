// swift-tools-version: 6.2

import PackageDescription

/// Every target is built with the same rules: imports say what they leak, existentials say `any`,
/// an async function stays on its caller's executor, and each unsafe expression is marked as such.
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
  ] + (Context.environment["WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
    swiftSettings: settings
  )
}

let package = Package(
  name: "momento-auth",
  products: [
    .library(
      name: "MomentoAuth", targets: ["MomentoAuth", "GRPCTransport", "GRPCCall", "TLSSession"]),
    .library(name: "MomentoAuthService", targets: ["MomentoAuthService"]),
    .library(
      name: "GRPCTransport",
      targets: [
        "GRPCTransport", "GRPCStandardServices", "GRPCCall", "HTTP2Session", "TLSSession",
        "ProtobufWire",
      ]),
    .library(
      name: "MomentoKeyRotation",
      targets: [
        "MomentoKeyRotation", "SecretStores", "EtcdSecretStore", "GoogleSecretStore",
        "AWSSecretStore", "VaultSecretStore", "KubernetesSecretStore", "HTTPClient", "MomentoAuth",
      ]),
    .executable(name: "momento-auth", targets: ["momento-auth"]),
    .executable(name: "wirebench", targets: ["wirebench"]),
    .executable(name: "wiredump", targets: ["wiredump"]),
    .executable(name: "grpc-interop-client", targets: ["grpc-interop-client"]),
    .executable(name: "grpc-interop-server", targets: ["grpc-interop-server"]),
  ],
  targets: [
    .systemLibrary(name: "CLinux"),
    .systemLibrary(
      name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

    library("Locking", ["CLinux"]),
    library("LocalFiles"),
    library("ProtobufWire"),
    library("ProtobufSchema", ["ProtobufWire"]),
    library("GRPCCall"),
    library("HTTP2Session", ["CNGHTTP2"]),
    library("TLSSession", ["COpenSSL"]),
    library(
      "GRPCTransport",
      ["CLinux", "Locking", "ProtobufWire", "GRPCCall", "HTTP2Session", "TLSSession"]),
    library(
      "GRPCStandardServices",
      ["Locking", "ProtobufWire", "ProtobufSchema", "GRPCCall", "GRPCTransport"]),
    library(
      "GRPCInterop",
      ["Locking", "LocalFiles", "ProtobufWire", "GRPCCall", "TLSSession", "GRPCTransport"]),
    .executableTarget(
      name: "grpc-interop-client", dependencies: ["CommandConsole", "GRPCInterop"],
      swiftSettings: settings),
    .executableTarget(
      name: "grpc-interop-server",
      dependencies: ["CommandConsole", "GRPCInterop", "GRPCTransport"],
      swiftSettings: settings),
    library("MomentoAuthMessages", ["ProtobufWire", "GRPCCall"]),
    library("MomentoCacheMessages", ["ProtobufWire", "GRPCCall"]),
    library(
      "MomentoAuth",
      [
        "Locking", "ProtobufWire", "GRPCCall", "TLSSession", "GRPCTransport", "MomentoAuthMessages",
      ]),
    library(
      "MomentoAuthService",
      [
        "Locking", "ProtobufWire", "GRPCCall", "TLSSession", "GRPCTransport",
        "GRPCStandardServices", "MomentoAuthMessages", "MomentoCacheMessages", "MomentoAuth",
        "LocalFiles",
      ]),

    library("HTTPSyntax"),
    library("HTTPClient", ["CLibcurl", "HTTPSyntax", "Locking"]),
    library("HTTPServer", ["CLinux", "HTTPSyntax", "Locking"]),
    library("LambdaRuntime", ["HTTPClient", "MomentoAuth"]),
    library(
      "SecretStores", ["Locking", "LocalFiles", "GRPCCall", "TLSSession", "MomentoAuth"]),

    library(
      "EtcdSecretStore",
      [
        "Locking", "LocalFiles", "ProtobufWire", "GRPCCall", "TLSSession", "GRPCTransport",
        "MomentoAuthMessages", "MomentoAuth", "SecretStores",
      ]),
    library(
      "GoogleSecretStore",
      [
        "Locking", "LocalFiles", "ProtobufWire", "GRPCCall", "TLSSession", "GRPCTransport",
        "MomentoAuthMessages", "MomentoAuth", "HTTPClient", "SecretStores",
      ]),
    library(
      "AWSSecretStore",
      [
        "Locking", "LocalFiles", "HTTPClient", "SecretStores", "SecretStoreHTTP", "GRPCCall",
        "TLSSession", "MomentoAuth",
      ]),
    library("SecretStoreHTTP", ["GRPCCall", "HTTPClient", "MomentoAuth", "SecretStores"]),
    library(
      "VaultSecretStore",
      [
        "GRPCCall", "HTTPClient", "LocalFiles", "Locking", "MomentoAuth", "SecretStoreHTTP",
        "SecretStores", "TLSSession",
      ]),
    library(
      "KubernetesSecretStore",
      [
        "GRPCCall", "HTTPClient", "LocalFiles", "Locking", "MomentoAuth", "SecretStoreHTTP",
        "SecretStores", "TLSSession",
      ]),
    library(
      "MomentoKeyRotation",
      [
        "CChildProcess", "Locking", "LocalFiles", "SecretStores", "GRPCCall", "GRPCTransport",
        "ProtobufWire", "TLSSession", "MomentoAuth", "MomentoAuthMessages",
      ]),
    library(
      "RotationService",
      [
        "AWSSecretStore", "GRPCCall", "HTTPServer", "LambdaRuntime", "LocalFiles", "Locking",
        "MomentoAuth", "MomentoKeyRotation", "SecretStores",
      ], exclude: ["Deployment"]),

    library(
      "ConformanceSuite",
      ["GRPCCall", "GRPCTransport", "HTTP2Session", "LocalFiles", "MomentoAuth", "ProtobufWire"]),
    library("ArgumentParsing"),
    library(
      "CommandConsole",
      ["ArgumentParsing", "CLinux", "Locking", "LocalFiles", "GRPCCall", "MomentoAuth"]),
    library(
      "MomentoAuthCommands",
      [
        "ArgumentParsing", "CommandConsole", "ConformanceSuite", "Locking", "LocalFiles",
        "GRPCCall", "TLSSession", "GRPCTransport", "HTTPClient", "HTTPServer", "MomentoAuth",
        "MomentoAuthService",
        "SecretStores", "EtcdSecretStore", "GoogleSecretStore", "AWSSecretStore",
        "VaultSecretStore", "KubernetesSecretStore", "LambdaRuntime", "MomentoKeyRotation",
        "RotationService",
      ]),
    .executableTarget(
      name: "momento-auth",
      dependencies: ["COlderGlibc", "CommandConsole", "MomentoAuthCommands"],
      swiftSettings: settings),
    .target(name: "COlderGlibc"),

    library(
      "WirebenchCommands",
      [
        "CChildProcess", "ArgumentParsing", "CommandConsole", "Locking", "LocalFiles",
        "ProtobufSchema", "ProtobufWire", "GRPCCall",
        "HTTP2Session", "TLSSession", "GRPCTransport", "MomentoAuthMessages", "MomentoAuth",
      ]),
    library("WireCaptureModel"),
    library(
      "WireDump", ["Locking", "WireCaptureModel", "ProtobufWire", "ProtobufSchema", "GRPCCall"]),
    library(
      "WireDumpCommands",
      [
        "ArgumentParsing", "CommandConsole", "GRPCTransport", "LocalFiles", "Locking",
        "MomentoAuthMessages", "ProtobufSchema", "ProtobufWire", "TLSSession", "WireCapture",
        "WireCaptureModel",
        "WireDump",
      ]),
    .executableTarget(
      name: "wiredump", dependencies: ["CommandConsole", "Locking", "WireDumpCommands"],
      swiftSettings: settings),
    library("WireCapture", ["TLSSession", "WireCaptureModel"]),
    .target(name: "CAllocationCount"),
    .target(name: "CChildProcess"),
    .executableTarget(
      name: "wirebench",
      dependencies: ["CommandConsole", "WirebenchCommands", "CAllocationCount"],
      swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["ThreadSanitizerRules"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .target(name: "ThreadSanitizerRules", path: "Tests/ThreadSanitizerRules"),
    tests(of: "ProtobufWire"),
    tests(of: "ProtobufSchema", ["ProtobufWire"]),
    tests(of: "GRPCCall"),
    tests(of: "HTTP2Session", ["CNGHTTP2", "GRPCCall"]),
    tests(of: "TLSSession"),
    tests(
      of: "GRPCTransport", ["Locking", "GRPCCall", "HTTP2Session", "TLSSession", "ProtobufWire"]),
    tests(
      of: "GRPCStandardServices",
      [
        "GRPCCall", "GRPCTransport", "MomentoAuthMessages", "MomentoCacheMessages",
        "ProtobufSchema",
        "ProtobufWire",
      ]),
    tests(
      of: "WireDump",
      [
        "CommandConsole", "GRPCTransport", "LocalFiles", "MomentoAuthMessages",
        "MomentoAuthService", "ProtobufSchema", "TLSSession", "WireCapture", "WireCaptureModel",
        "WireDumpCommands",
      ]),
    tests(of: "GRPCInterop", ["GRPCTransport"]),
    tests(of: "MomentoAuthMessages", ["ProtobufWire", "GRPCCall", "TLSSession"]),
    tests(of: "MomentoCacheMessages", ["ProtobufWire", "TLSSession"]),
    tests(
      of: "MomentoAuth",
      [
        "Locking", "MomentoAuthMessages", "GRPCCall", "GRPCTransport", "ProtobufWire", "TLSSession",
      ]),
    tests(
      of: "MomentoAuthService",
      [
        "MomentoAuth", "MomentoAuthMessages", "MomentoCacheMessages", "Locking", "GRPCCall",
        "GRPCTransport", "ProtobufWire",
        "TLSSession",
      ]),
    tests(of: "LocalFiles", ["Locking"]),
    tests(of: "HTTPServer", ["Locking"]),
    tests(of: "HTTPClient", ["HTTPServer", "TLSSession"]),
    tests(of: "LambdaRuntime", ["HTTPClient", "Locking"]),
    tests(of: "SecretStores", ["LocalFiles", "MomentoAuth"]),
    tests(
      of: "EtcdSecretStore",
      [
        "Locking", "ProtobufWire", "GRPCCall", "GRPCTransport", "TLSSession", "MomentoAuth",
        "SecretStores", "EtcdProcess",
      ]),
    tests(
      of: "MomentoKeyRotation",
      [
        "Locking", "LocalFiles", "SecretStores", "GRPCCall", "GRPCTransport", "TLSSession",
        "MomentoAuth", "MomentoAuthService", "MomentoAuthCommands", "StoreSites", "rotation-child",
      ]),
    .executableTarget(
      name: "rotation-child",
      dependencies: [
        "LocalFiles", "Locking", "MomentoAuth", "MomentoAuthCommands", "MomentoKeyRotation",
        "RotationFakes", "SecretStores",
      ],
      path: "Tests/RotationChild", swiftSettings: settings),
    .testTarget(
      name: "StoreContractTests", dependencies: ["MomentoAuth", "SecretStores", "StoreSites"],
      swiftSettings: settings),
    .target(
      name: "StoreSites",
      dependencies: [
        "EtcdProcess", "GRPCTransport", "HTTPClient", "MomentoAuthCommands", "RotationFakes",
        "SecretManagerFake", "SecretStores",
      ],
      path: "Tests/StoreSites", swiftSettings: settings),
    .executableTarget(
      name: "rotation-load",
      dependencies: [
        "GRPCTransport", "Locking", "MomentoAuth", "MomentoAuthService", "MomentoKeyRotation",
        "SecretStores",
      ],
      path: "Tests/RotationLoad", swiftSettings: settings),
    .target(
      name: "EtcdProcess", dependencies: ["EtcdSecretStore", "SecretStores"],
      path: "Tests/EtcdProcess", swiftSettings: settings),
    tests(
      of: "GoogleSecretStore",
      [
        "Locking", "ProtobufWire", "GRPCCall", "GRPCTransport", "TLSSession", "MomentoAuth",
        "HTTPClient", "SecretStores", "SecretManagerFake",
      ]),
    .target(
      name: "SecretManagerFake",
      dependencies: [
        "Locking", "ProtobufWire", "GRPCCall", "TLSSession", "GRPCTransport", "GoogleSecretStore",
      ],
      path: "Tests/SecretManagerFake", swiftSettings: settings),
    .executableTarget(
      name: "secret-manager-fake", dependencies: ["SecretManagerFake", "GRPCTransport"],
      path: "Tests/SecretManagerFakeCommand", swiftSettings: settings),
    .target(
      name: "RotationFakes",
      dependencies: ["HTTPClient", "HTTPServer", "Locking", "MomentoAuth", "TLSSession"],
      path: "Tests/RotationFakes", swiftSettings: settings),
    .executableTarget(
      name: "rotation-fakes", dependencies: ["MomentoAuth", "RotationFakes"],
      path: "Tests/RotationFakesCommand",
      swiftSettings: settings),
    .executableTarget(
      name: "aws-store-check",
      dependencies: ["AWSSecretStore", "SecretStores", "HTTPClient", "MomentoAuth"],
      path: "Tests/AWSStoreCheck", swiftSettings: settings),
    tests(
      of: "VaultSecretStore",
      ["GRPCCall", "HTTPClient", "MomentoAuth", "RotationFakes", "SecretStores"]),
    tests(
      of: "KubernetesSecretStore",
      ["HTTPClient", "Locking", "MomentoAuth", "RotationFakes", "SecretStores"]),
    tests(
      of: "AWSSecretStore",
      [
        "Locking", "LocalFiles", "HTTPClient", "SecretStores", "GRPCCall", "MomentoAuth",
        "RotationFakes",
      ]),
    tests(
      of: "RotationService",
      [
        "AWSSecretStore", "GRPCCall", "HTTPClient", "HTTPServer", "LambdaRuntime", "Locking",
        "MomentoAuth", "MomentoKeyRotation", "RotationFakes", "SecretStores",
      ]),
    .testTarget(
      name: "ExposureTests",
      dependencies: [
        "AWSSecretStore", "CommandConsole", "EtcdSecretStore", "GRPCCall", "GRPCTransport",
        "GoogleSecretStore", "HTTP2Session", "HTTPClient", "HTTPServer", "LambdaRuntime", "Locking",
        "MomentoAuth", "MomentoAuthMessages", "MomentoAuthService", "MomentoKeyRotation",
        "SecretStores", "TestSupport", "VaultSecretStore",
      ],
      swiftSettings: settings),
    tests(of: "ArgumentParsing"),
    tests(of: "ConformanceSuite", ["GRPCTransport", "HTTP2Session", "MomentoAuth"]),
    tests(
      of: "MomentoAuthCommands",
      [
        "ArgumentParsing", "CommandConsole", "HTTPClient", "MomentoAuth", "MomentoAuthService",
        "SecretStores", "MomentoKeyRotation", "RotationFakes", "momento-auth",
      ]),
    tests(of: "WireCapture", ["GRPCTransport", "WireCaptureModel"]),
    tests(
      of: "WirebenchCommands",
      [
        "CAllocationCount", "CommandConsole", "ProtobufSchema", "ProtobufWire", "GRPCTransport",
        "MomentoAuthMessages", "MomentoAuth", "TLSSession",
      ]),
  ]
)

// Built by .ci/fuzz alone: libFuzzer has a main function of its own.
if Context.environment["FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "ArgumentParsing", "AWSSecretStore", "CommandConsole", "EtcdSecretStore", "GRPCCall",
        "GRPCStandardServices", "GRPCTransport", "GoogleSecretStore", "HTTP2Session", "HTTPClient",
        "HTTPServer", "LocalFiles", "Locking", "MomentoAuth", "MomentoAuthCommands",
        "MomentoAuthMessages", "MomentoAuthService", "MomentoCacheMessages", "MomentoKeyRotation",
        "ProtobufSchema", "ProtobufWire", "RotationService", "SecretStores", "TLSSession",
        "WireCapture", "WireCaptureModel", "WireDump", "WireDumpCommands", "WirebenchCommands",
      ],
      path: "Tests/Fuzz", exclude: ["seeds.py", "structured_seeds.py"], swiftSettings: settings))
}
