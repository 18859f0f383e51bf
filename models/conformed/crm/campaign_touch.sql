{{ conform('campaign_touch') }}
