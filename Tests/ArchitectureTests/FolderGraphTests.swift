import Testing

@Suite("The folders of the core")
struct FolderGraphTests {
    @Test("No folder of the core is used by a folder below it")
    func coreHasNoCircle() {
        let graph = FolderGraph(of: "Sources/GatewayCore", in: Repository.product)
        #expect(graph.uses.count > 8, "The folders are not found: \(graph.uses.keys)")
        #expect(graph.uses["Rooms"]?["Kernel"] != nil, "The uses are not found.")
        #expect(
            graph.circle.isEmpty,
            "Let the lower feature publish a moment, to which the upper one subscribes.\n\(graph.evidence)")
    }

    private static let kernel = ("core/Kernel/Kernel.swift", "final class Kernel {\n    func order() {}\n}\n")
    private static let rooms = (
        "core/Rooms/Rooms.swift",
        """
        final class Rooms {
            let kernel: Kernel
            func enter() { kernel.order() }
        }
        extension Kernel {
            func knock() {}
        }
        """
    )

    private func graph(_ more: (String, String)...) -> FolderGraph {
        FolderGraph(of: "core", in: ([Self.kernel, Self.rooms] + more).map { SourceFile(path: $0.0, text: $0.1) })
    }

    @Test("A folder that is used by one above it makes no circle")
    func upwards() {
        let graph = graph()
        #expect(graph.circle.isEmpty && graph.uses["Rooms"]?["Kernel"] == "Kernel")
    }

    @Test(
        "A call back to an upper folder is a circle, however it is made",
        arguments: [
            "extension Kernel {\n    func open(_ rooms: Rooms) { rooms.enter() }\n}\n",
            "extension Kernel {\n    func open() { knock() }\n}\n",
            "func open(_ kernel: Kernel) { kernel.knock() }\n",
        ])
    func backCall(text: String) {
        let graph = graph(("core/Kernel/Opening.swift", text))
        #expect(graph.circle == ["Kernel", "Rooms"])
        #expect(graph.evidence.contains("Kernel uses Rooms: "))
    }

    @Test("Words in comments and texts, own names and files that tie everything together are no use")
    func harmless() {
        let graph = graph(
            ("core/Kernel/Opening.swift", "// Rooms.knock()\nlet text = \"Rooms\"\nfunc knock() {}\nlet x = knock()\n"),
            ("core/Core.swift", "let rooms = Rooms()\n"))
        #expect(graph.circle.isEmpty)
    }
}
