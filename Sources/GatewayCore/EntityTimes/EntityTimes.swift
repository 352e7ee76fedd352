import GatewayKit
import XMPP

/// Entity time (XEP-0202). Every address answers with the time of the gateway, in UTC.
final class EntityTimes: Feature {
    private let kernel: Kernel

    init(_ kernel: Kernel) { self.kernel = kernel }

    func register(in routes: inout Routes) {
        routes.query(.get, "time", EntityTime.namespace, on: .all) {
            [kernel] _ throws(StanzaError) in
            .result(EntityTime(utc: kernel.world.now().secondsSince1970, offset: 0).element)
        }
    }
}
