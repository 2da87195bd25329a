/// The program's own version.
package enum ProgramVersion {
    /// As `--version` prints it.
    package static let text = "0.1.0"
}
