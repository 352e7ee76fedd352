import Foundation
import GatewayKit

/// The system's wall-clock time. Other modules get this clock from the code that creates their types.
enum SystemClock {
    static func now() -> Timestamp { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
}
