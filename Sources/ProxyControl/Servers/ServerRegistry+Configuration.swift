package import MCPFrontEnd
import ProxyConfiguration

// MARK: - What counts by the configuration

extension ServerRegistry: ConfigurationManagement {
    package func configuration() -> ConfigurationReport {
        var report = ConfigurationReport(source: source.location)
        report.options = source.options.map(ConfigurationReport.Value.init)
        guard let loaded else { return report }
        report.values = loaded.shown.map(ConfigurationReport.Value.init)
        report.warnings = loaded.warnings.map(\.description)
        report.notices = loaded.notices
        report.needsRestart = SettingsDifference(from: settings, to: loaded.settings).needsRestart
        return report
    }
}

extension ConfigurationReport.Value {
    fileprivate init(_ value: ShownValue) {
        self.init(key: value.key, text: value.text, origin: value.origin.rawValue)
        names = value.names
        (line, column) = (value.position?.line, value.position?.column)
    }
}
