from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='reportedition',
            options={'default_permissions': ('view', 'add', 'delete'), 'ordering': ['-last', '-pk'], 'permissions': [('publish_reportedition', 'Can publish the figures of an impact report'), ('view_board', "Can read the board's page")], 'verbose_name': 'impact report', 'verbose_name_plural': 'impact reports'},
        ),
    ]
