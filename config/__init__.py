"""What whoever runs the hotline may choose: settings, and the policy, calendar and wordings as data."""
