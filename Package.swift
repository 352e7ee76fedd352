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
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let logged: Target.Dependency = .product(name: "InMemoryLogging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTesting: Target.Dependency = .product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// The tests of a module, in `Tests/<module>Tests`.
func tests(_ module: String, _ more: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(module)Tests", dependencies: [.byName(name: module)] + more)
}

// Which module may use which other is the first rule of this project; ArchitectureTests compares these lists with the
// imports.
let package = Package(
    name: "martlet",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C libraries: module maps and the thinnest shims.
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CMemory"),
        .target(
            name: "CBuildFacts",
            cSettings: ["MARTLET_COMMIT", "MARTLET_TOOLCHAIN"].map { name in
                .define(name, to: "\"\(Context.environment[name] ?? "unknown")\"")
            }),
        .target(name: "CCurl"),
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CIDN", pkgConfig: "libidn", providers: [.apt(["libidn-dev"])]),
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

        // Regular expressions in linear time.
        .target(name: "Patterns", dependencies: ["CRE2"]),

        // The XMPP side.
        .target(name: "XML", dependencies: ["Basics", "CLibXML2"]),
        .target(name: "XMPP", dependencies: ["Basics", "XML", "CIDN", crypto]),
        .target(
            name: "ComponentLink", dependencies: ["Basics", "XMPP", "XML", "Networking", nioCore, logging]),

        // The middle.
        .target(name: "Basics"),
        .target(name: "GatewayKit", dependencies: ["Basics"]),
        .target(name: "Registry", dependencies: ["GatewayKit", crypto]),
        .target(name: "SQLiteStore", dependencies: ["GatewayKit", "Registry", grdb, logging]),
        .target(
            name: "GatewayCore", dependencies: ["Basics", "XML", "XMPP", "GatewayKit", "Registry", deque, logging]),

        // The outside.
        .target(
            name: "Networking",
            dependencies: [
                "Basics", "CAres", nioCore, nioPosix, nioSSL, nioTLS, nioConcurrency, crypto, logging, deque,
            ]),
        .target(
            name: "HTTP", dependencies: ["Basics", "CCurl", nioCore, nioPosix, nioHTTP, lifecycle, logging]),
        .target(
            name: "IRCAdapter",
            dependencies: ["Basics", "GatewayKit", "Networking", nioCore, nioPosix, crypto, logging, deque],
            path: "gateways/irc/Sources", plugins: ["EmbedProfiles"]),
        .target(
            name: "SMSAdapter",
            dependencies: [
                "Basics", "GatewayKit", "HTTP", "Networking", "CPhoneNumber", "Patterns", nioCore, nioSSL, crypto,
                cryptoExtras, logging,
            ],
            path: "gateways/sms/Sources", plugins: ["EmbedProfiles"]),
        .target(name: "LoopbackAdapter", dependencies: ["GatewayKit"], path: "gateways/loopback/Sources"),
        .target(name: "TemplateAdapter", dependencies: ["GatewayKit"], path: "gateways/template/Sources"),

        // Readers of the databases of other gateways, for `martlet import`.
        .target(name: "BiboumiImport", dependencies: [grdb]),

        // The program.
        .target(name: "Operations", dependencies: ["Basics", logging, coreMetrics]),
        .target(name: "Settings", dependencies: ["Basics", "GatewayKit", "Patterns", yams]),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "Basics", "BiboumiImport", "CBuildFacts", "CMemory", "ComponentLink", "GatewayCore", "GatewayKit",
                "HTTP",
                "IRCAdapter", "LoopbackAdapter",
                "Networking",
                "Operations", "Registry", "SMSAdapter", "SQLiteStore", "Settings", "TemplateAdapter", "XMPP", nioCore,
                nioPosix, logging, metrics,
                lifecycle, signals, argumentParser, deque,
            ]),

        // Profiles (providers/*.yaml, networks/*.yaml) become part of the binary.
        .executableTarget(name: "embed-profiles"),
        .plugin(name: "EmbedProfiles", capability: .buildTool(), dependencies: ["embed-profiles"]),

        // Tests of single modules.
        .target(name: "GatewayTesting", dependencies: ["Basics", "GatewayKit", "Registry"]),
        .target(name: "TestCertificates", path: "Tests/Certificates"),
        tests("Basics", ["GatewayTesting"]),
        tests("CPhoneNumber"),
        tests("Patterns"),
        tests("XML"),
        tests("XMPP", ["XML"]),
        tests(
            "Networking", ["Basics", "GatewayTesting", "TestCertificates", nioCore, nioPosix, nioSSL, nioConcurrency]),
        tests(
            "ComponentLink",
            [
                "Basics", "Networking", "TestCertificates", "XML", "XMPP", nioCore, nioPosix, nioSSL, nioEmbedded,
                nioConcurrency, logging, logged,
            ]),
        tests("GatewayKit", ["Basics"]),
        tests("Registry", ["GatewayKit"]),
        tests("SQLiteStore", ["GatewayKit", "Registry", grdb, logging]),
        tests("GatewayCore", ["Basics", "GatewayKit", "GatewayTesting", "Registry", "XML", "XMPP", logging]),
        tests(
            "HTTP",
            [
                "Basics", nioCore, nioPosix, nioEmbedded, nioSSL, nioHTTP, lifecycle, lifecycleTesting, logging, logged,
            ]),
        tests("Operations", ["ServerRig", logging, metrics, coreMetrics]),
        tests("Settings", ["Basics", "GatewayKit"]),
        tests("GatewayTesting", ["GatewayKit", "TemplateAdapter"]),
        .testTarget(
            name: "IRCAdapterTests",
            dependencies: [
                "Basics", "IRCAdapter", "GatewayKit", "GatewayTesting", "Networking", "Settings", nioCore, nioPosix,
                nioEmbedded,
                logging, deque,
            ],
            path: "gateways/irc/Tests"),
        .testTarget(
            name: "SMSAdapterTests",
            dependencies: [
                "SMSAdapter", "GatewayKit", "GatewayTesting", "HTTP", nioCore, nioPosix, nioEmbedded, crypto, yams,
                logging, logged,
            ],
            path: "gateways/sms/Tests", exclude: ["Numbers/dialled_forms.py"]),
        .testTarget(
            name: "LoopbackAdapterTests", dependencies: ["LoopbackAdapter", "GatewayKit", "GatewayTesting"],
            path: "gateways/loopback/Tests"),
        .testTarget(
            name: "TemplateAdapterTests", dependencies: ["TemplateAdapter", "GatewayKit", "GatewayTesting"],
            path: "gateways/template/Tests"),
        .testTarget(
            name: "MartletTests",
            dependencies: [
                "martlet", "Basics", "BiboumiImport", "CMemory", grdb, argumentParser, "ComponentLink", "GatewayCore",
                "GatewayKit", "HTTP",
                "IRCAdapter", "Networking",
                "Operations",
                "Registry", "SQLiteStore", "Settings", "TemplateAdapter", "XML", "XMPP", nioCore, nioPosix, logging,
            ]),
        .testTarget(name: "ArchitectureTests"),

        // A whole gateway in memory, on a real registry.
        .testTarget(
            name: "Scenarios",
            dependencies: [
                "Basics", "GatewayCore", "GatewayKit", "GatewayTesting", "Registry", "SQLiteStore", "XML", "XMPP",
            ]),

        // Tests on real servers, and the demonstration that uses the same rig.
        .systemLibrary(name: "CSQLite", path: "Tests/CSQLite", pkgConfig: "sqlite3"),
        .target(
            name: "ServerRig", dependencies: ["CSQLite", nioCore, nioPosix, nioSSL, crypto], path: "Tests/Rig",
            exclude: ["Resources"]),
        .testTarget(name: "EndToEnd", dependencies: ["ServerRig", "TestCertificates"]),
        .executableTarget(name: "martlet-demo", dependencies: ["ServerRig"], path: "Tests/Demo"),
        .executableTarget(name: "martlet-matrix", dependencies: ["ServerRig"], path: "Tests/Matrix"),

        // Measures a gateway from outside.
        .systemLibrary(name: "CEpoll", path: "Benchmarks/CEpoll"),
        .executableTarget(
            name: "martlet-bench", dependencies: ["CEpoll", "ServerRig", argumentParser], path: "Benchmarks/Bench"),
        .executableTarget(name: "martlet-sms-load", dependencies: ["ServerRig"], path: "Benchmarks/SMS"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

let inC: Set = ["CBuildFacts", "CMemory", "CCurl", "CPhoneNumber", "CRE2"]
for target in package.targets where ![.system, .plugin].contains(target.type) && !inC.contains(target.name) {
    target.swiftSettings = strict
}

// The release build of the program. lld packs the 130,000 relative relocations of a static Swift program, and leaves out
// the table of its own symbols, because no library looks one up. Both together save 6 MB of memory at the start.
for target in package.targets where target.name == "martlet" {
    let flags = ["-z", "pack-relative-relocs", "-z", "nostart-stop-gc", "--no-export-dynamic"]
    target.linkerSettings = [
        .unsafeFlags(["-use-ld=lld"] + flags.flatMap { ["-Xlinker", $0] }, .when(configuration: .release))
    ]
}

// The parser of Prosody and ejabberd, which a fuzz target compares with ours.
package.targets.append(
    .systemLibrary(
        name: "CExpat", path: "Tests/CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]))

// Fuzz targets: a program for Scripts/fuzz only, for which they and the modules that they reach are built with coverage
// counters, and otherwise tests that run what has been learnt.
let fuzzed: [Target.Dependency] = [
    "Basics", "CExpat", "GatewayCore", "GatewayKit", "GatewayTesting", "HTTP", "IRCAdapter", "Patterns", "Registry",
    "SMSAdapter",
    "Settings", "XML", "XMPP", crypto, deque, nioCore, nioEmbedded, nioHTTP, logging,
]
if Context.environment["MARTLET_FUZZ"] == nil {
    package.targets.append(
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["Corpora", "Dictionaries", "main.swift", "Kit/Fuzzer.swift"], swiftSettings: strict))
} else {
    package.targets.append(
        .executableTarget(
            name: "martlet-fuzz", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["Corpora", "Dictionaries", "SeedTests.swift"],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
    let reached: Set = [
        "Basics", "XML", "XMPP", "GatewayKit", "GatewayCore", "GatewayTesting", "IRCAdapter", "SMSAdapter", "HTTP",
        "Settings",
        "Registry", "Networking", "martlet-fuzz",
    ]
    for target in package.targets where reached.contains(target.name) {
        target.swiftSettings = strict + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]
    }
}
