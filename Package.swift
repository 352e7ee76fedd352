// swift-tools-version: 6.2
import PackageDescription

/// The one place for compiler settings. Warnings are errors in every target of ours.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")

/// A test target for a room, in `Tests/<room>Tests`.
func tests(_ room: String, _ more: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(room)Tests", dependencies: [.byName(name: room)] + more)
}

// Which room may use which other is the house's first rule; ArchitectureTests compares these lists with the imports.
let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C libraries: module maps and the thinnest shims.
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CIDN", pkgConfig: "libidn", providers: [.apt(["libidn-dev"])]),
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),

        // The XMPP side.
        .target(name: "XML", dependencies: ["CLibXML2"]),
        .target(name: "XMPP", dependencies: ["XML", "CIDN", crypto]),
        .target(name: "ComponentLink", dependencies: ["XMPP", "XML", "Networking", nioCore, nioPosix, logging]),

        // The middle.
        .target(name: "GatewayKit"),
        .target(
            name: "Registry",
            dependencies: ["GatewayKit", .product(name: "GRDB", package: "GRDB.swift"), crypto, logging]),
        .target(name: "GatewayCore", dependencies: ["XML", "XMPP", "GatewayKit", "Registry", logging]),

        // The outside.
        .target(name: "Networking", dependencies: [nioCore, nioPosix, nioSSL, logging]),
        .target(name: "HTTP", dependencies: ["CCurl", hummingbird, lifecycle, logging]),
        .target(
            name: "IRCAdapter", dependencies: ["GatewayKit", "Networking", nioCore, nioPosix, logging],
            path: "gateways/irc/Sources", plugins: ["EmbedProfiles"]),
        .target(
            name: "SMSAdapter", dependencies: ["GatewayKit", "HTTP", "CPhoneNumber", nioCore, crypto, logging],
            path: "gateways/sms/Sources", plugins: ["EmbedProfiles"]),
        .target(name: "TemplateAdapter", dependencies: ["GatewayKit"], path: "gateways/template/Sources"),

        // The program.
        .target(name: "Operations", dependencies: [logging, metrics]),
        .target(
            name: "Settings", dependencies: ["GatewayKit", .product(name: "Yams", package: "Yams")],
            path: "Sources/Configuration"),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "ComponentLink", "GatewayCore", "GatewayKit", "HTTP", "IRCAdapter", "Networking",
                "Operations", "Registry", "Settings", "SMSAdapter", "TemplateAdapter", "XMPP", nioCore, nioPosix,
                logging, metrics,
                lifecycle, .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Profiles (providers/*.yaml, networks/*.yaml) become part of the binary.
        .executableTarget(name: "embed-profiles"),
        .plugin(name: "EmbedProfiles", capability: .buildTool(), dependencies: ["embed-profiles"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

for target in package.targets where ![.system, .plugin].contains(target.type) && target.name != "CPhoneNumber" {
    target.swiftSettings = strict
}
