import GatewayKit

extension Scene {
    /// Accepts every request of the telephone network, also those that follow from that. Returns them in their order.
    func acceptAll() -> [Request] {
        var all: [Request] = []
        while !requests.isEmpty {
            let taken = takeRequests()
            all += taken
            for request in taken { event(.outcome(request.id, .accepted(as: nil)), network: "phone") }
        }
        return all
    }
}
