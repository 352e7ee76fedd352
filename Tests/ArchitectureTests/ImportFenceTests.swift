import Testing

@Suite("The import fence")
struct ImportFenceTests {
    private let fence = ImportFence(rooms: Room.all, targets: Manifest(Repository.manifest).targets)

    @Test("A room imports what it may and has declared", arguments: Room.all)
    func roomKeepsItsFence(_ room: Room) {
        let findings = fence.findings(for: room, in: Repository.swift)
        let list = findings.map(\.description).joined(separator: "\n")
        let isKept = findings.isEmpty
        #expect(
            isKept,
            "Move the code to the room that may do this, or declare the dependency; the table is in Room.swift.\n\(list)"
        )
    }

    @Test("Package.swift and the table of rooms agree")
    func declarationsAgree() {
        let problems = fence.declarationProblems()
        #expect(
            problems.isEmpty,
            "Change Package.swift, or the design and the table together.\n\(problems.joined(separator: "\n"))")
    }

    @Test("Every source file stands in a room")
    func noStrays() {
        let strays = fence.strays(in: Repository.product)
        #expect(strays.isEmpty, "Move it into a room, or add the room to the table.\n\(strays.joined(separator: "\n"))")
    }

    @Test("An import without leave, without declaration, or of the system by a pure room is noticed")
    func fenceCanFail() {
        let room = Room("A", ["B"], foreign: ["C"], system: false)
        let fence = ImportFence(
            rooms: [room], targets: [Manifest.Target(name: "A", folder: "Sources/A", dependencies: ["B"])])
        let text = """
            import B
            import C
            @preconcurrency private import struct D.E
            import Foundation
            // import F
            let text = "import G"
            """
        let findings = fence.findings(for: room, in: [SourceFile(path: "Sources/A/A.swift", text: text)])
        #expect(
            findings.map(\.what) == [
                "imports C, which Package.swift does not declare for A", "A may not import D",
                "Foundation: A is a pure room",
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

    @Test("A declaration beyond the table, a missing room and an unknown target are noticed")
    func declarationsCanFail() {
        let targets = Manifest(".target(name: \"A\", dependencies: [\"B\", \"X\"]), .target(name: \"Z\")").targets
        let fence = ImportFence(rooms: [Room("A", ["B"]), Room("B")], targets: targets)
        #expect(
            fence.declarationProblems() == [
                "A declares X, which it may not use", "Z is not in the table of rooms",
                "B is not a target of Package.swift",
            ])
    }
}
