/// Stands for what somebody has shown of who they are, as long as anything goes by it.
package protocol Evidence: AnyObject, Sendable {
    /// Whether it still stands for the same caller, by the rules that are in force now.
    var isInForce: Bool { get }
}
