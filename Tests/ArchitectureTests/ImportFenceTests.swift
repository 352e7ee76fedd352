import Testing

@Suite("The import fence")
struct ImportFenceTests {
    private let fence = ImportFence(modules: Module.all, targets: Manifest(Repository.manifest).targets)

    @Test("A module imports what it may and has declared", arguments: Module.all)
    func moduleKeepsItsFence(_ module: Module) {
        let findings = fence.findings(for: module, in: Repository.swift)
        let list = findings.map(\.description).joined(separator: "\n")
        let isKept = findings.isEmpty
        #expect(
            isKept,
            "Move the code to the module that may do this, or declare the dependency; the table is in Module.swift.\n\(list)"
        )
    }

    @Test("Package.swift and the table of modules agree")
    func declarationsAgree() {
        let problems = fence.declarationProblems()
        #expect(
            problems.isEmpty,
            "Change Package.swift, or the design and the table together.\n\(problems.joined(separator: "\n"))")
    }

    @Test("Every source file stands in a module")
    func noStrays() {
        let strays = fence.strays(in: Repository.product)
        #expect(
            strays.isEmpty, "Move it into a module, or add the module to the table.\n\(strays.joined(separator: "\n"))")
    }

    @Test("An import without leave, without declaration, or of the system by a pure module is noticed")
    func fenceCanFail() {
        let module = Module("A", ["B"], foreign: ["C"], system: false)
        let fence = ImportFence(
            modules: [module], targets: [Manifest.Target(name: "A", folder: "Sources/A", dependencies: ["B"])])
        let text = """
            import B
            import C
            @preconcurrency private import struct D.E
            import Foundation
            // import F
            let text = "import G"
            """
        let findings = fence.findings(for: module, in: [SourceFile(path: "Sources/A/A.swift", text: text)])
        #expect(
            findings.map(\.what) == [
                "imports C, which Package.swift does not declare for A", "A may not import D",
                "Foundation: A is a pure module",
            ])
        #expect(fence.strays(in: [SourceFile(path: "Sources/B/B.swift", text: "")]) == ["Sources/B/B.swift"])
    }

    @Test("Package.swift is read with its constants, paths and products")
    func manifestIsRead() {
        let manifest = Manifest(
            """
            let logged: Target.Dependency = .product(name: "InMemoryLogging", package: "swift-log")
            let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
            let nio: [Target.Dependency] = [
                .product(name: "NIOCore", package: "swift-nio"),
            ]
            let package = Package(name: "p", targets: [
                // .target(name: "Old"),
                .target(name: "A", dependencies: nio + ["B", log], path: "gateways/a/Sources", plugins: ["P"]),
                .target(name: "B"),
                .testTarget(name: "ATests", dependencies: ["A"]),
            ])
            """)
        #expect(manifest.targets.map(\.name) == ["A", "B"])
        #expect(manifest.targets.map(\.folder) == ["gateways/a/Sources", "Sources/B"])
        #expect(manifest.targets.map(\.dependencies) == [["NIOCore", "B", "Logging"], []])
    }

    @Test("A declaration beyond the table, a missing module and an unknown target are noticed")
    func declarationsCanFail() {
        let targets = Manifest(".target(name: \"A\", dependencies: [\"B\", \"X\"]), .target(name: \"Z\")").targets
        let fence = ImportFence(modules: [Module("A", ["B"]), Module("B")], targets: targets)
        #expect(
            fence.declarationProblems() == [
                "A declares X, which it may not use", "Z is not in the table of modules",
                "B is not a target of Package.swift",
            ])
    }
}
