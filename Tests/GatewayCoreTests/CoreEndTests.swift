import Testing

@testable import GatewayCore

@Suite("The end of a core")
struct CoreEndTests {
    @Test("a core that is released frees its kernel and its features")
    func freed() throws {
        weak var kernel: Kernel?
        weak var home: HomeStream?
        weak var rooms: Rooms?
        try {
            let scene = try Scene.inRoom()
            (kernel, home, rooms) = (scene.kernel, scene.core.features.home, scene.core.features.rooms)
            #expect(kernel != nil && home != nil && rooms != nil)
        }()
        #expect(kernel == nil && home == nil && rooms == nil)
    }
}
